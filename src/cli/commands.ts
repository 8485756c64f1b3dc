import { Command } from "commander";
import type { Flags } from "../config/config.js";
import { controllerVerbs } from "./controller-verbs.js";
import { endsIn } from "./exits.js";
import { collect, withAddress, withAll, withFiles } from "./options.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";
import { init } from "./verbs/init.js";
import type { InitOptions } from "./verbs/init.js";
import { plan } from "./verbs/plan.js";
import { run } from "./verbs/run.js";
import { validate } from "./verbs/validate.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly admin?: string;
}

const killed = "a disk does not answer: nothing else ends such a process";

/** All verbs, with their arguments, flags and exit codes. The code of the one that is run goes into `answer`. */
export function commandTree(wiring: Wiring, answer: { code: ExitCode }): Command {
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
  const ends = endsIn(answer);

  ends(
    withAll(verb("run", "run the controller")),
    {
      0: "ended by SIGTERM or SIGINT, and everything under way is finished",
      1: "it could not start, another controller is in charge or has taken over, or a second signal ended it",
      137: killed,
    },
    (options: Options) => run(wiring, wiring.configure(options)),
  );
  ends(
    withFiles(verb("validate", "check the services file")).option("--json", "print JSON"),
    { 0: "everything is valid", 1: "there are problems" },
    (options: Options) => validate(wiring, wiring.configure(options), options.json ?? false),
  );
  ends(
    withAddress(withFiles(verb("plan", "say what would be done now")))
      .argument("[service]", "project/service, or service (all of them)")
      .option("--json", "print JSON"),
    {
      0: "there is nothing to do",
      1: "an error, in one of several projects too; or nothing runs, and what is to run cannot be found out",
      2: "there are changes",

      137: killed,
    },
    (name: string | undefined, { admin, json, ...options }: Options) =>
      plan(wiring, wiring.configure(options), { name, admin, json: json ?? false }),
  );
  ends(
    verb("init", "write a services file for what runs on this host")
      .option("--project <name>", "a project of Docker Compose; may repeat", collect)
      .option("--container <name>", "a container; may repeat", collect)
      .option("--all", "everything that runs")
      .option("--name <project>", "the project's name in the file")
      .option("-o, --output <path>", "the file; secrets go into a .env beside it (standard output, without secrets)")
      .option("--force", "replace what exists"),
    { 0: "the file is written", 1: "nothing was chosen or found, the file exists, or the engine does not answer" },
    ({ project = [], container = [], all = false, name, output, force = false }: Partial<InitOptions>) =>
      init(wiring, wiring.configure({}), { project, container, all, name, output, force }),
  );
  controllerVerbs(wiring, verb, ends);
  return root;
}
