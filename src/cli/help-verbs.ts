import { Argument } from "commander";
import type { Command } from "commander";
import type { Flags } from "../config/config.js";
import { FairleadError } from "../errors.js";
import type { Ends } from "./exits.js";
import { withAdmin, withAdminUrl, withAll, withFiles } from "./options.js";
import { adminAt } from "./shared/admin.js";
import type { Wiring } from "./shared/wiring.js";
import { shells } from "./completion/scripts.js";
import type { Shell } from "./completion/scripts.js";
import { explain } from "./verbs/look/explain.js";
import { diff } from "./verbs/look/diff.js";
import { doctor } from "./verbs/look/doctor.js";
import { completion, complete } from "./verbs/completion.js";
import { version } from "./verbs/version.js";
import { journalCheck, journalShow } from "./verbs/journal.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly admin?: string;
  readonly previous?: boolean;
}

const service = "project/service, or service";
const noAnswer = "no controller answers, or it knows no such service";

/** The verbs by which a person finds out what is the matter. */
export function helpVerbs(
  wiring: Wiring,
  root: Command,
  verb: (name: string, description: string) => Command,
  ends: Ends,
): void {
  const adminOf = async (options: Options) => adminAt(await wiring.locate(options), options.admin);

  ends(
    withAdmin(verb("explain", "say in sentences how a service stands, what comes next, and what you can do"))
      .argument("<service>", service)
      .option("--json", "print JSON"),
    { 0: "said", 1: noAnswer },
    async (name: string, options: Options) => explain(wiring, await adminOf(options), name, options.json ?? false),
  );
  ends(
    withAdmin(verb("diff", "show what differs between what runs and what is wanted, as a unified diff"))
      .argument("<service>", service)
      .option("--previous", "between what ran before and what runs")
      .option("--json", "print JSON"),
    { 0: "there is no difference", 1: `there are differences; or ${noAnswer}` },
    async (name: string, { previous = false, json = false, ...options }: Options) =>
      diff(wiring, await adminOf(options), name, { previous, json }),
  );
  ends(
    withAdminUrl(withAll(verb("doctor", "see whether this host, its engine and its registries are in order"))).option(
      "--json",
      "print JSON",
    ),
    { 0: "all is in order", 1: "something is not in order, or a setting is wrong" },
    async ({ json = false, admin, ...options }: Options) => {
      const config = await wiring.configure(options, ["hookSecrets"]);
      return doctor(wiring, config, adminAt(config, admin), json);
    },
  );
  ends(
    withFiles(verb("journal", "see whether what Fairlead remembers can be read from the disk, or show it"))
      .addArgument(
        new Argument("<what>", "check: what can be read and what not; show: what it tells").choices(["check", "show"]),
      )
      .argument("[service...]", "show: only these")
      .option("--json", "print JSON; show: the lines as they stand there"),
    {
      0: "all of it can be read",
      1: "a setting is wrong, or nothing is kept there, or nothing of what was named",
      3: "something is lost, or not as it was written",
    },
    async (what: string, names: readonly string[], { json = false, ...options }: Options) => {
      const config = await wiring.configure(options, ["hookSecrets", "adminToken"]);
      if (what === "check" && names.length > 0) {
        throw new FairleadError("ConfigInvalid", "journal check: it looks at all of it, and takes no service", {
          remedy: "leave the name out; fairlead journal show SERVICE shows what is told of one",
        });
      }
      return what === "check" ? journalCheck(wiring, config, json) : journalShow(wiring, config, names, json);
    },
  );
  ends(
    verb("completion", "print what a shell needs to complete verbs, flags, services and projects").addArgument(
      new Argument("<shell>", "bash, zsh or fish").choices([...shells]),
    ),
    { 0: "printed", 1: "it knows no such shell" },
    async (shell: Shell) => completion(wiring, shell),
  );
  ends(
    verb("version", "say which Fairlead this is, and on what it runs").option("--json", "print JSON"),
    { 0: "said", 1: "a flag is wrong" },
    async ({ json = false }: Options) => version(wiring, json),
  );
  ends(
    root
      .command("__complete", { hidden: true })
      .argument("[word...]")
      .description("for shells: what may stand in the place of the last word"),
    { 0: "said, where there is something", 1: "a flag is wrong" },
    async (typed: readonly string[]) => complete(wiring, root, typed, () => adminOf({})),
  );
}
