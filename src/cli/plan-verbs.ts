import type { Command } from "commander";
import { parseDuration } from "../compose/values/duration.js";
import type { Flags } from "../config/config.js";
import type { Ends } from "./exits.js";
import { withAddress, withFiles, withManner } from "./options.js";
import type { Wiring } from "./shared/wiring.js";
import { apart, checked, checks } from "./values.js";
import { plan } from "./verbs/apply/plan.js";
import { apply } from "./verbs/apply/apply.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly admin?: string;
  readonly plan?: string;
  readonly timeout?: string;
  readonly dryRun?: boolean;
}

const services = "project/service, service, or a pattern such as 'shop/*' (all of them)";
const killed = "a disk does not answer: nothing else ends such a process";

/** What would be done, and that it is done, with or without a controller. */
export function planVerbs(wiring: Wiring, verb: (name: string, description: string) => Command, ends: Ends): void {
  ends(
    withManner(withAddress(withFiles(verb("plan", "say what would be done now"))))
      .argument("[service...]", services)
      .option("--json", "print JSON"),
    {
      0: "there is nothing known to do",
      1: "an error, in one of several projects too; or nothing runs, and what is to run cannot be found out",
      2: "there are changes",
      137: killed,
    },
    async (names: readonly string[], { admin, json, ...options }: Options) =>
      plan(wiring, await wiring.configure(options, ["hookSecrets"]), {
        names,
        admin,
        json: json ?? false,
      }),
  );
  const applyVerb = withManner(
    withAddress(
      withFiles(verb("apply", "make the services as the files and tags want them, once, and show what is done")),
    ),
  )
    .argument("[service...]", services)
    .option(
      "--plan <fingerprint>",
      "do this plan and no other, as `fairlead plan` names it",
      checked("--plan", checks.fingerprint),
    )
    .option("--timeout <duration>", "how long at the longest", checked("--timeout", checks.duration), "10m")
    .option("--dry-run", "only say what would be done: the same as `fairlead plan`")
    .option("--json", "one JSON object a line");
  ends(
    apart(applyVerb, "--dry-run", "--plan"),
    {
      0: "all are as wanted",
      1: "an error; another plan than the one that is meant; another controller has other files in force; or it was interrupted",
      2: "with --dry-run: there are changes",
      3: "one was rolled back, is held, pinned, paused or stopped, or waits for an approval",
      4: "the time is up; it may still come",
      137: killed,
    },
    async (
      names: readonly string[],
      { admin, json = false, dryRun = false, plan: meant, timeout = "10m", ...options }: Options,
    ) => {
      const timeoutMs = parseDuration(timeout);
      const config = await wiring.configure(options, ["hookSecrets"]);
      return apply(wiring, config, {
        names,
        admin,
        plan: meant,
        timeoutMs,
        dryRun,
        json,
      });
    },
  );
}
