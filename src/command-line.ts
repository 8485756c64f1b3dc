import { setFlagsFromString } from "node:v8";
import { program } from "./cli/program.js";
import { readConfig } from "./config/config.js";
import { settingsFilePlace } from "./config/settings.js";
import { conversation } from "./conversation.js";
import { createLog } from "./log.js";
import { endProcess } from "./process/ending.js";
import type { Environment } from "./process/environment.js";
import { becomeUser } from "./process/helper-user.js";
import { readPlainSync } from "./tools/plain-file.js";
import { readVersion } from "./version.js";
import { voice } from "./voice.js";

/** The adapters and what they need are a second of start: a verb that only asks a running controller does without. */
const wiring = () => import("./wiring.js");

/** Runs the verb that the command line names, to the end of the process. */
export async function commandLine(argv: readonly string[], environment: Environment): Promise<void> {
  // A controller waits nearly all its life: V8 is to keep its heap small rather than be fast.
  setFlagsFromString("--optimize-for-size");

  /** Of a verb that works: connections that a peer may keep open, and disks that may be hung. */
  const work = { begun: false };

  process.exitCode = await program(
    {
      version: readVersion(),
      configure: (flags, unread = []) => {
        becomeUser(environment);
        return readConfig(flags, environment, { unread, usualFiles: settingsFilePlace.usual });
      },
      start: async (config) => {
        work.begun = true;
        const log = await createLog(config.logLevel, process.stdout.isTTY);
        const { startController } = await import("./tenure.js");
        return startController(config, environment, log);
      },
      load: async (config) => (await wiring()).loadProjects(config, environment),
      resolve: async (config) => (await wiring()).resolveProjects(config, environment),
      draft: async (...choice) => (await wiring()).draftServices(...choice),
      preview: async (config) => {
        work.begun = true;
        return (await wiring()).previewPlan(config, environment);
      },
      terminal: process.stdout.isTTY,
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
