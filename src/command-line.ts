import { program } from "./cli/program.js";
import { readAdmin } from "./config/admin.js";
import { settingsFilePlace } from "./config/settings-place.js";
import { conversation } from "./console/conversation.js";
import { drawing, isDrawnOn } from "./console/drawing.js";
import { createLog, silentLog } from "./console/log.js";
import { endProcess } from "./process/ending.js";
import type { Environment } from "./process/environment.js";
import { becomeUser } from "./process/helper-user.js";
import { readPlainSync } from "./tools/files/plain-file.js";
import { readVersion } from "./version.js";
import { voice } from "./console/voice.js";

/** The adapters and what they need are a second of start: a verb that only asks a running controller does without. */
const wiring = () => import("./wiring.js");

/** Runs the verb that the command line names, to the end of the process. */
export async function commandLine(argv: readonly string[], environment: Environment): Promise<void> {
  /** Of a verb that works: connections that a peer may keep open, and disks that may be hung. */
  const work = { begun: false };

  process.exitCode = await program(
    {
      version: readVersion(),
      configure: async (flags, unread = []) => {
        becomeUser(environment);
        const { readConfig } = await import("./config/config.js");
        return readConfig(flags, environment, { unread, usualFiles: settingsFilePlace.usual });
      },
      locate: (flags) => readAdmin(flags, environment, settingsFilePlace.usual),
      start: async (config) => {
        work.begun = true;
        const log = await createLog(config.logLevel, process.stdout.isTTY);
        const { startController } = await import("./tenure.js");
        return startController(config, environment, log);
      },
      act: async (config, concerns) => {
        work.begun = true;
        return (await import("./once.js")).actOnce(config, environment, silentLog, concerns);
      },
      load: async (config) => (await wiring()).loadProjects(config, environment),
      resolve: async (config) => (await wiring()).resolveProjects(config, environment),
      draft: async (...choice) => (await wiring()).draftServices(...choice),
      tell: async (config, ...sample) => (await import("./channels.js")).tellSample(config, environment, ...sample),
      preview: async (config) => {
        work.begun = true;
        return (await wiring()).previewPlan(config, environment);
      },
      inspect: async (config, onEntry) => {
        work.begun = true;
        return (await import("./inspection.js")).inspectKept(config, onEntry);
      },
      examine: async (config, admin) => {
        work.begun = true;
        return (await import("./examination.js")).examineHost(config, environment, admin);
      },
      terminal: process.stdout.isTTY,
      live: isDrawnOn(process.stdout, argv, environment) ? drawing(process.stdout) : undefined,
      errorTerminal: process.stderr.isTTY,
      readText: readTextIfAny,
      converse: conversation(process.stdin, process.stdout),
      ...voice(process.stdout, process.stderr),
    },
    argv,
  );
  // Nothing that a peer keeps open may keep the process, once it has said what it has to say.
  if (work.begun) await endProcess();
}

function readTextIfAny(file: string): string | undefined {
  try {
    return readPlainSync(file).toString("utf8");
  } catch {
    return undefined;
  }
}
