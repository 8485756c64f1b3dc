import type { Command } from "commander";
import { parseDuration } from "../compose/values/duration.js";
import type { Flags } from "../config/config.js";
import { FairleadError } from "../errors.js";
import type { Ends } from "./exits.js";
import { withAdmin } from "./options.js";
import { adminAt } from "./shared/admin.js";
import type { Admin } from "./shared/address.js";
import { formOf, forms, withForms } from "./shared/forms.js";
import type { FormFlags } from "./shared/forms.js";
import type { Wiring } from "./shared/wiring.js";
import { given } from "../tools/present.js";
import { events } from "./verbs/look/events.js";
import type { EventsFlags } from "./verbs/look/events.js";
import { logs } from "./verbs/look/logs.js";
import type { LogsFlags } from "./verbs/look/logs.js";
import { sync } from "./verbs/sync.js";
import type { SyncOptions } from "./verbs/sync.js";
import { apart, checked, checks, exclusive, wordOf } from "./values.js";
import { watch } from "./verbs/look/watch.js";
import { kept } from "./verbs/look/kept.js";
import { status } from "./verbs/look/status.js";
import { wait } from "./verbs/wait.js";
import { act } from "./verbs/act.js";
import { rollback } from "./verbs/releases/rollback.js";
import { approve } from "./verbs/releases/approve.js";
import { resume } from "./verbs/releases/resume.js";
import { stop } from "./verbs/releases/stop.js";
import { start } from "./verbs/releases/start.js";
import { history } from "./verbs/releases/history.js";
import { revisionHistory } from "./verbs/releases/revision.js";
import { images } from "./verbs/images.js";
import { adopt } from "./verbs/adopt.js";

interface Options extends Flags, FormFlags {
  readonly watch?: boolean;
  readonly build?: boolean;
  readonly kept?: boolean;
  readonly admin?: string;
  readonly all?: boolean;
  readonly to?: string;
  readonly revision?: string;
  readonly digest?: string;
  readonly timeout?: string;
  readonly for?: string;
  readonly rollback?: boolean;
  readonly reason?: string;
}

const form = checked("--output", wordOf(forms));
const ofForms = ["--output", "--quiet", "--json"];
const since = checked("--since", checks.since);
const revision = checked("--to", checks.revision);
const digest = checked("--digest", checks.digest);
const reason = checked("--reason", checks.reason);
const ofLines = ["--tail", "--since", "--timestamps", "--no-prefix"];
const service = "project/service, or service";
const severalServices = `${service}, or a pattern such as 'shop/*' (all of them)`;
const noAnswer = "no controller answers, or it knows no such service";
const refused = "no controller answers, or it refuses";
const ofDecisions = {
  0: "the controller has taken the order",
  1: refused,
  5: "done, but a restart of the controller forgets it: the journal cannot be written",
};

/** The verbs that ask a running controller for something. */
export function controllerVerbs(wiring: Wiring, add: (name: string, description: string) => Command, ends: Ends): void {
  const verb = (name: string, description: string) => withAdmin(add(name, description));
  const order = (name: string, description: string) =>
    verb(name, description).option("--reason <text>", "why, for the journal and the events", reason);
  const adminOf = async (options: Options): Promise<Admin> => ({
    ...adminAt(await wiring.locate(options), options.admin),
    ...given({ reason: options.reason }),
  });

  ends(
    apart(
      exclusive(
        withForms(
          verb("status", "show the services of a running controller, and what is wrong with its files")
            .argument("[service]", `${service}: with its conditions, and what failed last`)
            .option("--kept", "what is kept of repositories on the host, for whom, and how large it is")
            .option("-w, --watch", "keep showing changes: redrawn on a terminal, elsewhere a line for each change"),
          form,
        ),
        ...ofForms,
      ),
      "--watch",
      ...["--kept", ...ofForms],
    ),
    {
      0: "shown, also where a service is not well; with --watch: ended by Ctrl-C",
      1: `the services files have problems; or ${noAnswer}`,
    },
    async (name: string | undefined, options: Options) => {
      if (options.watch === true) return watch(wiring, await adminOf(options), name);
      const chosen = formOf(options);
      return options.kept === true
        ? kept(wiring, await adminOf(options), chosen)
        : status(wiring, await adminOf(options), name, chosen);
    },
  );
  const logsVerb = verb("logs", "show what the containers of services say, in order of time")
    .argument("[service...]", severalServices)
    .option("-f, --follow", "keep showing new lines, across restarts and rollouts")
    .option("-n, --tail <lines>", "how many lines from the end of each container's log", checked("--tail", checks.tail))
    .option("--since <time>", "no older lines: 2026-01-31T12:00:00Z, or 10m for as long ago", since)
    .option("-t, --timestamps", "each line with its time")
    .option("--no-prefix", "no container's name before its lines")
    .option("--build", "the lines of a service's last build; with --follow until the build has ended")
    .option("--failed", "what is kept of the container that failed last")
    .option("--json", "one JSON object a line");
  ends(
    apart(apart(logsVerb, "--build", "--failed", ...ofLines), "--failed", "--follow", ...ofLines),
    {
      0: "shown",
      1: `${noAnswer}; with --follow: the controller has stopped, or the build that was followed has failed`,
    },
    async (names: readonly string[], options: Options & LogsFlags) =>
      logs(wiring, await adminOf(options), names, options),
  );
  ends(
    verb("events", "show what a running controller did and why")
      .argument("[service...]", severalServices)
      .option("--since <time>", "no older events: 2026-01-31T12:00:00Z, or 10m for as long ago", since)
      .option("-f, --follow", "keep showing what happens")
      .option("--json", "one JSON object a line"),
    { 0: "shown", 1: `${noAnswer}; with --follow: the controller has stopped` },
    async (names: readonly string[], options: Options & EventsFlags) =>
      events(wiring, await adminOf(options), names, options),
  );
  ends(
    verb("wait", "wait until a service runs what is wanted")
      .argument("<service>", service)
      .option("--timeout <duration>", "how long at the longest", checked("--timeout", checks.duration), "5m")
      .option("--rollback", "follow a rollback: until it runs what it is pinned to"),
    {
      0: "it runs what is wanted",
      1: noAnswer,
      3: "without a person it will not: rolled back and held, pinned (with --rollback: not pinned, or held), paused, stopped, or waiting for an approval",
      4: "the time is up; it may still come",
    },
    async (name: string, options: Options) => {
      const { timeout = "5m", rollback: isRollback = false } = options;
      return wait(wiring, await adminOf(options), name, {
        timeoutMs: parseDuration(timeout),
        rollback: isRollback,
      });
    },
  );
  ends(
    order("retry", "try again what failed and is held").argument("<service>", service),
    ofDecisions,
    async (name: string, options: Options) => act(wiring, await adminOf(options), "retry", name),
  );
  ends(
    order("rollback", "go back to an earlier revision of a service, and stay there until it is resumed")
      .argument("<service>", service)
      .option("--to <revision>", "its number, or the beginning of its digest (the last stable one before)", revision),
    ofDecisions,
    async (name: string, options: Options) => rollback(wiring, await adminOf(options), name, options.to),
  );
  ends(
    order("approve", "let the rollout begin that a service waits with: that digest and spec, and no other")
      .argument("<service>", service)
      .option(
        "--digest <digest>",
        "the digest that is meant, or its beginning; refused if another one is wanted now",
        digest,
      ),
    ofDecisions,
    async (name: string, options: Options) => approve(wiring, await adminOf(options), name, options.digest),
  );
  ends(
    order("pause", "begin no rollout of a service; repairs go on").argument("<service>", service),
    ofDecisions,
    async (name: string, options: Options) => act(wiring, await adminOf(options), "pause", name),
  );
  ends(
    order("resume", "follow the services file and the tag again, after a pause or a rollback").argument(
      "<service>",
      service,
    ),
    ofDecisions,
    async (name: string, options: Options) => resume(wiring, await adminOf(options), name),
  );
  ends(
    order("stop", "stop a service and keep it off: no repair and no rollout starts it")
      .argument("<service>", service)
      .option("--for <duration>", "how long, such as 2h (until it is started)", checked("--for", checks.duration)),
    ofDecisions,
    async (name: string, options: Options) => stop(wiring, await adminOf(options), name, options.for),
  );
  ends(
    order("start", "start a service again that was stopped").argument("<service>", service),
    ofDecisions,
    async (name: string, options: Options) => start(wiring, await adminOf(options), name),
  );
  const syncVerb = verb("sync", "decide about files that a commit and a container have both changed")
    .argument("<project>", "a project whose services file is in git")
    .argument("[file...]", "as the condition LocalChanges names them (all of them)")
    .option("--ours", "keep what the container has left")
    .option("--theirs", "take what git has; what the container had is kept elsewhere");
  ends(
    exclusive(syncVerb, "--ours", "--theirs"),
    {
      0: "decided, or there was nothing to decide",
      1: `${noAnswer}; or nothing is decided about a file that was named`,
    },
    async (project: string, files: readonly string[], options: Options & SyncOptions) =>
      sync(wiring, await adminOf(options), [project, files], options),
  );
  const historyVerb = verb("history", "show what was rolled out, and how it ended")
    .argument("[service]", service)
    .option(
      "--revision <number>",
      "one revision in full: its steps, and what its spec has changed",
      checked("--revision", checks.number),
    );
  ends(
    exclusive(withForms(historyVerb, form), ...ofForms),
    { 0: "shown", 1: `${noAnswer}, or no such revision` },
    async (name: string | undefined, { revision: number, ...options }: Options) => {
      const chosen = formOf(options);
      if (number === undefined) return history(wiring, await adminOf(options), name, chosen);
      if (name !== undefined)
        return revisionHistory(wiring, await adminOf(options), name, {
          revision: Number(number),
          form: chosen,
        });
      throw new FairleadError("ConfigInvalid", "--revision: no service is named", {
        remedy: "name one: fairlead history SERVICE --revision N",
        retry: "never",
      });
    },
  );
  ends(
    exclusive(
      withForms(
        verb(
          "images",
          "show which tag a service follows and why not the others, and which of its images are on this host and why",
        ).argument("[service]", `${service}: with every tag of its repository, and every image that is kept`),
        form,
      ),
      ...ofForms,
    ),
    { 0: "shown, also where no tag is found", 1: noAnswer },
    async (name: string | undefined, options: Options) => images(wiring, await adminOf(options), name, formOf(options)),
  );
  ends(
    order("adopt", "take over what docker compose or others run for the services of a running controller")
      .argument("[name]", "project/service, service, or project")
      .option("--all", "everything that can be taken over"),
    ofDecisions,
    async (name: string | undefined, options: Options) =>
      adopt(wiring, await adminOf(options), { name, all: options.all ?? false }),
  );
  ends(
    order("reconcile", "look at a service again now")
      .argument("<service>", service)
      .option("--build", "build its image again"),
    ofDecisions,
    async (name: string, options: Options) =>
      act(wiring, await adminOf(options), options.build === true ? "build" : "reconcile", name),
  );
}
