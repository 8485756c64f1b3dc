import { Argument, Command } from "commander";
import type { Flags } from "../config/config.js";
import { controllerVerbs } from "./controller-verbs.js";
import { endsIn } from "./exits.js";
import { helpVerbs } from "./help-verbs.js";
import { collect, withAdmin, withAll, withFiles } from "./options.js";
import { planVerbs } from "./plan-verbs.js";
import { FairleadError } from "../errors.js";
import { adminAt } from "./shared/admin.js";
import { inWords, questions } from "./setup/questions.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";
import type { ConfigOptions } from "./verbs/config.js";
import type { HookTestOptions } from "./verbs/hook/test.js";
import type { InitOptions } from "./verbs/init.js";
import { notifyTest } from "./verbs/notify/test.js";
import type { NotifyTestOptions } from "./verbs/notify/test.js";
import type { SetupOptions } from "./verbs/setup.js";
import { validate } from "./verbs/validate.js";
import type { ValidateOptions } from "./verbs/validate.js";
import { apart, checked, checks, exclusive, refuseEmpty, takeNoColor, wordOf } from "./values.js";
import { run } from "./verbs/run.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly admin?: string;
}

const killed = "a disk does not answer: nothing else ends such a process";

/** A verb that is not the one that is run: it has its name, for the list of verbs and for who mistypes one. */
class OtherVerb extends Command {
  override option(): this {
    return this;
  }

  override addOption(): this {
    return this;
  }

  override argument(): this {
    return this;
  }

  override addArgument(): this {
    return this;
  }

  override addHelpText(): this {
    return this;
  }
}

/**
 * All verbs, with their arguments, flags and exit codes. The code of the one that is run goes into `answer`. `asked`: only this
 * one has all of them, since to make those of all verbs takes as long as to run one. Undefined: all have.
 */
export function commandTree(wiring: Wiring, answer: { code: ExitCode }, asked?: string): Command {
  const root = new Command("fairlead")
    .description("Keeps the containers of this host equal to a Compose file.")
    .version(wiring.version)
    .exitOverride()
    .showHelpAfterError("  `fairlead help` lists the verbs, and `fairlead VERB --help` their flags")
    .configureOutput({
      writeOut: (text) => {
        wiring.print(text.trimEnd());
      },
      writeErr: (text) => {
        wiring.complain(text.trimEnd());
      },
    });
  const verb = (name: string, description: string) => {
    const command = asked === undefined || asked === name ? new Command(name) : new OtherVerb(name);
    root.addCommand(command.copyInheritedSettings(root).description(description));
    return command;
  };
  const ends = endsIn(answer);

  ends(
    verb("setup", "write what Fairlead needs to start: a services file, settings and secrets")
      .option("--services <what>", `what is to run: ${inWords(questions.services)}`)
      .option("--pushes <how>", `who says that an image was pushed: ${inWords(questions.pushes)}`)
      .option("--run <how>", `how Fairlead will run: ${inWords(questions.place)}`)
      .option("--dir <folder>", "where the files go (terminal: here, else /etc/fairlead; systemd: nowhere else)")
      .option("--data <directory>", "terminal: where the journal is kept, where that is not the usual place")
      .option("--url <address>", "under which the internet reaches the hooks, such as https://hooks.example.org")
      .option("--tls <way>", "take the hooks over TLS: self-signed")
      .option("--force", "replace what exists, except secrets"),
    { 0: "the files are written", 1: "nothing is written: an answer is missing or wrong, or a file exists" },
    async (options: SetupOptions) => (await import("./verbs/setup.js")).setup(wiring, options),
  );
  ends(
    withAll(verb("run", "run the controller")),
    {
      0: "ended by SIGTERM or SIGINT, and everything under way is finished",
      1: "it could not start, another controller is in charge or has taken over, or a second signal ended it",
      137: killed,
    },
    async (options: Options) => run(wiring, await wiring.configure(options)),
  );
  ends(
    withFiles(verb("validate", "check the services file"))
      .option("--strict", "warnings are errors")
      .option("--policy", "demand a policy, and do not follow this host's links: for a pipeline")
      .option("--json", "print JSON"),
    { 0: "everything is valid", 1: "there are problems; with --strict: or warnings" },
    async (options: Options & ValidateOptions) =>
      validate(wiring, await wiring.configure(options, ["hookSecrets", "adminToken"]), options),
  );
  const configVerb = withFiles(verb("config", "print the services files as one Compose file, everything filled in"))
    .argument("[service...]", "only these services, and what they need")
    .option("--format <format>", "yaml or json", checked("--format", wordOf(["yaml", "json"])), "yaml")
    .option("-q, --quiet", "print problems only")
    .option("--services", "print the names of the services")
    .option("--images", "print the images")
    .option("--networks", "print the names of the networks")
    .option("--volumes", "print the names of the volumes");
  ends(
    exclusive(configVerb, "--services", "--images", "--networks", "--volumes", "--quiet", "--format"),
    { 0: "it is printed", 1: "there are problems" },
    async (services: readonly string[], options: Options & Partial<ConfigOptions>) => {
      const { format = "yaml", quiet = false, images = false, networks = false, volumes = false } = options;
      const what = { format, quiet, images, networks, volumes, services: options.services ?? false };
      return (await import("./verbs/config.js")).config(wiring, await wiring.configure(options), services, what);
    },
  );
  planVerbs(wiring, verb, ends);
  const initVerb = verb("init", "write a services file for what runs on this host")
    .option("--project <name>", "a project of Docker Compose; may repeat", collect)
    .option("--container <name>", "a container; may repeat", collect)
    .option("--all", "everything that runs")
    .option("--name <project>", "the project's name in the file", checked("--name", checks.projectName))
    .option("-o, --output <path>", "the file; secrets go into a .env beside it (standard output, without secrets)")
    .option("--force", "replace what exists");
  ends(
    apart(initVerb, "--all", "--project", "--container"),
    { 0: "the file is written", 1: "nothing was chosen or found, the file exists, or the engine does not answer" },
    async ({ project = [], container = [], all = false, name, output, force = false }: Partial<InitOptions>) =>
      (await import("./verbs/init.js")).init(wiring, await wiring.configure({}, ["hookSecrets", "adminToken"]), {
        project,
        container,
        all,
        name,
        output,
        force,
      }),
  );
  ends(
    withAdmin(verb("hook", "show where senders are to send their webhooks, or send such a webhook to the controller"))
      .addArgument(
        new Argument("<what>", "url: the address, and how the sender is set up; test: send a sample").choices([
          "url",
          "test",
        ]),
      )
      .argument("[receiver]", "a type such as dockerhub, or a receiver of the settings by its name (url: all of them)")
      .option("--image <image>", "test: the image that was pushed (that of a declared service)")
      .option("--service <name>", "test: the service, for senders that name one (a declared one)")
      .option(
        "--repository <url>",
        "test: the repository that was pushed to, for forges and pipelines (one that is followed)",
      )
      .option("--url <address>", "test: where it is sent, up to /hooks (where the hooks listen on this host)"),
    { 0: "shown; test: something is looked at", 1: "no such receiver; test: it names nothing here, or was not let in" },
    async (what: string, receiver: string | undefined, { admin, ...options }: Options & HookTestOptions) => {
      const config = await wiring.configure(options);
      if (what === "url") return (await import("./verbs/hook/url.js")).hookUrl(wiring, config, receiver);
      if (receiver === undefined)
        throw new FairleadError("ConfigInvalid", "hook test: no receiver is named", {
          remedy: "name one, such as dockerhub; fairlead hook url lists them",
        });
      const { hookTest } = await import("./verbs/hook/test.js");
      return hookTest(wiring, { config, admin: adminAt(config, admin) }, receiver, options);
    },
  );
  ends(
    withAdmin(verb("notify", "send a sample to a subscription of the settings, and say what came back"))
      .addArgument(new Argument("<what>", "test").choices(["test"]))
      .argument("<name>", "a name below notify in the settings")
      .option("--event <event>", "which event, such as promoted or hook:dockerhub (the first that it is told)")
      .option("--dry-run", "print what would be said, and send nothing")
      .option("--json", "print JSON"),
    { 0: "it is told, or with --dry-run shown", 1: "it was not delivered, or there is no such subscription" },
    async (_what: string, name: string, { admin, json, event, dryRun, ...options }: Options & NotifyTestOptions) => {
      const config = await wiring.configure(options, ["hookSecrets"]);
      const whole = () => wiring.configure(options);
      const asked = { config: whole, admin: adminAt(config, admin), isNamed: admin !== undefined };
      return notifyTest(wiring, asked, name, { event, dryRun, json });
    },
  );
  controllerVerbs(wiring, verb, ends);
  helpVerbs(wiring, root, verb, ends);
  takeNoColor(root);
  refuseEmpty(root);
  return root;
}
