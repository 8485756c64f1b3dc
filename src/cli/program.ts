import { Command, CommanderError } from "commander";
import { parseDuration } from "../compose/values/duration.js";
import type { Flags } from "../config.js";
import { asFairleadError } from "../errors.js";
import type { Admin } from "./shared/admin.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";
import { act } from "./verbs/act.js";
import { adopt } from "./verbs/adopt.js";
import { approve } from "./verbs/approve.js";
import { events } from "./verbs/events.js";
import type { EventsFlags } from "./verbs/events.js";
import { history } from "./verbs/history.js";
import { init } from "./verbs/init.js";
import type { InitOptions } from "./verbs/init.js";
import { logs } from "./verbs/logs.js";
import type { LogsFlags } from "./verbs/logs.js";
import { plan } from "./verbs/plan.js";
import { resume } from "./verbs/resume.js";
import { rollback } from "./verbs/rollback.js";
import { run } from "./verbs/run.js";
import { start } from "./verbs/start.js";
import { status } from "./verbs/status.js";
import { stop } from "./verbs/stop.js";
import { validate } from "./verbs/validate.js";
import { wait } from "./verbs/wait.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly build?: boolean;
  readonly admin?: string;
  readonly all?: boolean;
  readonly to?: string;
  readonly digest?: string;
  readonly timeout?: string;
  readonly for?: string;
}

type InitFlags = Partial<InitOptions>;

/** Parses the command line and runs one verb; the answer is the exit code. */
export async function program(wiring: Wiring, argv: readonly string[]): Promise<ExitCode> {
  const answer = { code: 0 as ExitCode };
  try {
    await describe(wiring, answer).parseAsync(argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 1;
    const error = asFairleadError(thrown);
    wiring.complain(`fairlead: ${error.message}${error.remedy === undefined ? "" : `\n  ${error.remedy}`}`);
    return 1;
  }
  return answer.code;
}

function describe(wiring: Wiring, answer: { code: ExitCode }): Command {
  const root = new Command("fairlead")
    .description("Keeps the containers of this host equal to a Compose file.")
    .version(wiring.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        wiring.print(text.trimEnd());
      },
      writeErr: (text) => {
        wiring.complain(text.trimEnd());
      },
    });
  const verb = (name: string, description: string) => root.command(name).description(description);

  withFiles(verb("run", "run the controller"))
    .option("--prune", "remove services that have left the file (FAIRLEAD_PRUNE)")
    .option("--standby", "where another controller is in charge, wait for its end and take over (FAIRLEAD_STANDBY)")
    .option("--lease <name>", "which of several controllers on one engine this is (FAIRLEAD_LEASE, default)")
    .option("--hooks-listen <address>", "where webhooks arrive (FAIRLEAD_HOOKS_LISTEN, 0.0.0.0:8420)")
    .option("--admin-listen <address>", "API, metrics and page (FAIRLEAD_ADMIN_LISTEN, 127.0.0.1:8421)")
    .option(
      "--hook-secret-file <path>",
      "file with the secrets that open the hooks, one a line (FAIRLEAD_HOOK_SECRET_FILE)",
    )
    .option("--admin-token-file <path>", "file with the token of the admin address (FAIRLEAD_ADMIN_TOKEN_FILE)")
    .option("--resync <cron>", "when everything is looked at again (FAIRLEAD_RESYNC, */5 * * * *)")
    .option("--log-level <level>", "debug, info, warn or error (FAIRLEAD_LOG_LEVEL, info)")
    .action(async (options: Options) => {
      answer.code = await run(wiring, wiring.configure(options));
    });
  withFiles(verb("validate", "check the services file"))
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      answer.code = await validate(wiring, wiring.configure(options), options.json ?? false);
    });
  withFiles(verb("plan", "say what would be done now: exit 0 nothing, 2 changes, 1 error"))
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      answer.code = await plan(wiring, wiring.configure(options), options.json ?? false);
    });
  verb("init", "write a services file for what runs on this host")
    .option("--project <name>", "a project of Docker Compose; may repeat", collect)
    .option("--container <name>", "a container; may repeat", collect)
    .option("--all", "everything that runs")
    .option("--name <project>", "the project's name in the file")
    .option("-o, --output <path>", "the file; secrets go into a .env beside it (standard output, without secrets)")
    .option("--force", "replace what exists")
    .action(async ({ project = [], container = [], all = false, name, output, force = false }: InitFlags) => {
      answer.code = await init(wiring, wiring.configure({}), { project, container, all, name, output, force });
    });
  withAdmin(verb("status", "show the services of a running controller"))
    .argument("[service]", "project/service, or service: with its conditions, and what failed last")
    .option("--json", "print JSON")
    .action(async (name: string | undefined, options: Options) => {
      answer.code = await status(wiring, adminOf(wiring, options), name, options.json ?? false);
    });
  withAdmin(verb("logs", "show what the containers of services say, in order of time"))
    .argument("[service...]", "project/service, or service (all of them)")
    .option("-f, --follow", "go on, over restarts and rollouts")
    .option("-n, --tail <lines>", "so many lines from the end of each container's log")
    .option("--since <time>", "no older lines: 2026-01-31T12:00:00Z, or 10m for as long ago")
    .option("-t, --timestamps", "each line with its time")
    .option("--no-prefix", "no container's name before its lines")
    .option("--build", "the lines of a service's last build; followed, until one that runs has ended")
    .option("--failed", "what is kept of the container that failed last")
    .option("--json", "one JSON object a line")
    .action(async (names: readonly string[], options: Options & LogsFlags) => {
      answer.code = await logs(wiring, adminOf(wiring, options), names, options);
    });
  withAdmin(verb("events", "show what a running controller did and why"))
    .option("--since <time>", "no older events: 2026-01-31T12:00:00Z, or 10m for as long ago")
    .option("-f, --follow", "go on with what happens")
    .option("--json", "one JSON object a line")
    .action(async (options: Options & EventsFlags) => {
      answer.code = await events(wiring, adminOf(wiring, options), options);
    });
  withAdmin(
    verb("wait", "wait until a service runs what is wanted: exit 0 it does, 3 rolled back or held, 4 out of time"),
  )
    .argument("<service>", "project/service, or service")
    .option("--timeout <duration>", "how long at the longest", "5m")
    .action(async (name: string, options: Options) => {
      answer.code = await wait(wiring, adminOf(wiring, options), name, parseDuration(options.timeout ?? "5m"));
    });
  withAdmin(verb("retry", "try again what failed and is held"))
    .argument("<service>", "project/service, or service")
    .action(async (name: string, options: Options) => {
      answer.code = await act(wiring, adminOf(wiring, options), "retry", name);
    });
  withAdmin(verb("rollback", "go back to an earlier revision of a service, and stay there until it is resumed"))
    .argument("<service>", "project/service, or service")
    .option("--to <revision>", "its number, or the beginning of its digest (the last stable one before)")
    .action(async (name: string, options: Options) => {
      answer.code = await rollback(wiring, adminOf(wiring, options), name, options.to);
    });
  withAdmin(verb("approve", "let what a service waits for go ahead: that digest and spec, and no other"))
    .argument("<service>", "project/service, or service")
    .option("--digest <digest>", "the one that is meant, or its beginning; refused if another is wanted by now")
    .action(async (name: string, options: Options) => {
      answer.code = await approve(wiring, adminOf(wiring, options), name, options.digest);
    });
  withAdmin(verb("pause", "begin no rollout of a service; repairs go on"))
    .argument("<service>", "project/service, or service")
    .action(async (name: string, options: Options) => {
      answer.code = await act(wiring, adminOf(wiring, options), "pause", name);
    });
  withAdmin(verb("resume", "follow the services file and the tag again, after a pause or a rollback"))
    .argument("<service>", "project/service, or service")
    .action(async (name: string, options: Options) => {
      answer.code = await resume(wiring, adminOf(wiring, options), name);
    });
  withAdmin(verb("stop", "have a service off: no repair and no rollout starts it"))
    .argument("<service>", "project/service, or service")
    .option("--for <duration>", "for so long, such as 2h (until it is started)")
    .action(async (name: string, options: Options) => {
      answer.code = await stop(wiring, adminOf(wiring, options), name, options.for);
    });
  withAdmin(verb("start", "have a service run again that was stopped"))
    .argument("<service>", "project/service, or service")
    .action(async (name: string, options: Options) => {
      answer.code = await start(wiring, adminOf(wiring, options), name);
    });
  withAdmin(verb("history", "show what was rolled out, and how it ended"))
    .argument("[service]", "project/service, or service")
    .option("--json", "print JSON")
    .action(async (name: string | undefined, options: Options) => {
      answer.code = await history(wiring, adminOf(wiring, options), name, options.json ?? false);
    });
  withAdmin(verb("adopt", "take over what docker compose or others run for the services of a running controller"))
    .argument("[name]", "project/service, service, or project")
    .option("--all", "everything that can be taken over")
    .action(async (name: string | undefined, options: Options) => {
      answer.code = await adopt(wiring, adminOf(wiring, options), options.all === true ? { all: true } : { name });
    });
  withAdmin(verb("reconcile", "look at a service again now"))
    .argument("<service>", "project/service, or service")
    .option("--build", "build its image again")
    .action(async (name: string, options: Options) => {
      answer.code = await act(wiring, adminOf(wiring, options), options.build === true ? "build" : "reconcile", name);
    });
  return root;
}

function withFiles(command: Command): Command {
  return command
    .option(
      "-f, --file <path>",
      "services file; further ones are merged over it; a pattern ('stacks/*/compose.yaml') makes each match a project of its own (FAIRLEAD_FILE, services.yaml)",
      collect,
    )
    .option("--profile <name>", "take in the services of this profile; may repeat (COMPOSE_PROFILES)", collect)
    .option("--config <path>", "settings file")
    .option("--gate-image <image>", "what gates run (FAIRLEAD_GATE_IMAGE, haproxy:3.2-alpine)")
    .option("--data <directory>", "where the journal is kept (FAIRLEAD_DATA)");
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function withAdmin(command: Command): Command {
  return command
    .option("--admin <url>", "the controller's admin address (FAIRLEAD_ADMIN_LISTEN, http://127.0.0.1:8421)")
    .option("--admin-token-file <path>", "file with its token (FAIRLEAD_ADMIN_TOKEN_FILE)")
    .option("--config <path>", "settings file");
}

function adminOf(wiring: Wiring, options: Options): Admin {
  const config = wiring.configure(options);
  return { url: options.admin ?? `http://${config.adminListen}`, token: config.adminToken };
}
