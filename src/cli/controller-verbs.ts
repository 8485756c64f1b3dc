import type { Command } from "commander";
import { parseDuration } from "../compose/values/duration.js";
import type { Flags } from "../config/config.js";
import type { Ends } from "./exits.js";
import { withAdmin } from "./options.js";
import { adminUrl } from "./shared/admin.js";
import type { Admin } from "./shared/admin.js";
import type { Wiring } from "./shared/wiring.js";
import { act } from "./verbs/act.js";
import { adopt } from "./verbs/adopt.js";
import { approve } from "./verbs/releases/approve.js";
import { events } from "./verbs/events.js";
import type { EventsFlags } from "./verbs/events.js";
import { history } from "./verbs/releases/history.js";
import { images } from "./verbs/images.js";
import { kept } from "./verbs/kept.js";
import { logs } from "./verbs/logs.js";
import type { LogsFlags } from "./verbs/logs.js";
import { resume } from "./verbs/releases/resume.js";
import { rollback } from "./verbs/releases/rollback.js";
import { start } from "./verbs/releases/start.js";
import { status } from "./verbs/status.js";
import { stop } from "./verbs/releases/stop.js";
import { sync } from "./verbs/sync.js";
import type { SyncOptions } from "./verbs/sync.js";
import { wait } from "./verbs/wait.js";
import { apart, checked, checks, exclusive } from "./values.js";

interface Options extends Flags {
  readonly json?: boolean;
  readonly build?: boolean;
  readonly kept?: boolean;
  readonly admin?: string;
  readonly all?: boolean;
  readonly to?: string;
  readonly digest?: string;
  readonly timeout?: string;
  readonly for?: string;
  readonly rollback?: boolean;
}

const since = checked("--since", checks.since);
const revision = checked("--to", checks.revision);
const digest = checked("--digest", checks.digest);
const ofLines = ["--tail", "--since", "--timestamps", "--no-prefix"];
const service = "project/service, or service";
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
  const adminOf = (options: Options): Admin => {
    const config = wiring.configure(options, ["hookSecrets"]);
    return {
      url: options.admin === undefined ? `http://${config.adminListen}` : adminUrl(options.admin),
      token: config.adminToken,
    };
  };

  ends(
    verb("status", "show the services of a running controller, and what is wrong with its files")
      .argument("[service]", `${service}: with its conditions, and what failed last`)
      .option("--kept", "what is kept of repositories on the host, for whom, and how large it is")
      .option("--json", "print JSON"),
    { 0: "shown, also where a service is not well", 1: `the services files have problems; or ${noAnswer}` },
    (name: string | undefined, { json = false, ...options }: Options) =>
      options.kept === true ? kept(wiring, adminOf(options), json) : status(wiring, adminOf(options), name, json),
  );
  const logsVerb = verb("logs", "show what the containers of services say, in order of time")
    .argument("[service...]", `${service} (all of them)`)
    .option("-f, --follow", "go on, over restarts and rollouts")
    .option("-n, --tail <lines>", "so many lines from the end of each container's log", checked("--tail", checks.tail))
    .option("--since <time>", "no older lines: 2026-01-31T12:00:00Z, or 10m for as long ago", since)
    .option("-t, --timestamps", "each line with its time")
    .option("--no-prefix", "no container's name before its lines")
    .option("--build", "the lines of a service's last build; followed, until one that runs has ended")
    .option("--failed", "what is kept of the container that failed last")
    .option("--json", "one JSON object a line");
  ends(
    apart(apart(logsVerb, "--build", "--failed", ...ofLines), "--failed", "--follow", ...ofLines),
    {
      0: "shown",
      1: `${noAnswer}; with --follow: the controller has stopped, or the build that was followed has failed`,
    },
    (names: readonly string[], options: Options & LogsFlags) => logs(wiring, adminOf(options), names, options),
  );
  ends(
    verb("events", "show what a running controller did and why")
      .option("--since <time>", "no older events: 2026-01-31T12:00:00Z, or 10m for as long ago", since)
      .option("-f, --follow", "go on with what happens")
      .option("--json", "one JSON object a line"),
    { 0: "shown", 1: "no controller answers; with --follow: it has stopped" },
    (options: Options & EventsFlags) => events(wiring, adminOf(options), options),
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
    (name: string, options: Options) => {
      const { timeout = "5m", rollback: isRollback = false } = options;
      return wait(wiring, adminOf(options), name, { timeoutMs: parseDuration(timeout), rollback: isRollback });
    },
  );
  ends(
    verb("retry", "try again what failed and is held").argument("<service>", service),
    ofDecisions,
    (name: string, options: Options) => act(wiring, adminOf(options), "retry", name),
  );
  ends(
    verb("rollback", "go back to an earlier revision of a service, and stay there until it is resumed")
      .argument("<service>", service)
      .option("--to <revision>", "its number, or the beginning of its digest (the last stable one before)", revision),
    ofDecisions,
    (name: string, options: Options) => rollback(wiring, adminOf(options), name, options.to),
  );
  ends(
    verb("approve", "let what a service waits for go ahead: that digest and spec, and no other")
      .argument("<service>", service)
      .option(
        "--digest <digest>",
        "the one that is meant, or its beginning; refused if another is wanted by now",
        digest,
      ),
    ofDecisions,
    (name: string, options: Options) => approve(wiring, adminOf(options), name, options.digest),
  );
  ends(
    verb("pause", "begin no rollout of a service; repairs go on").argument("<service>", service),
    ofDecisions,
    (name: string, options: Options) => act(wiring, adminOf(options), "pause", name),
  );
  ends(
    verb("resume", "follow the services file and the tag again, after a pause or a rollback").argument(
      "<service>",
      service,
    ),
    ofDecisions,
    (name: string, options: Options) => resume(wiring, adminOf(options), name),
  );
  ends(
    verb("stop", "have a service off: no repair and no rollout starts it")
      .argument("<service>", service)
      .option("--for <duration>", "for so long, such as 2h (until it is started)", checked("--for", checks.duration)),
    ofDecisions,
    (name: string, options: Options) => stop(wiring, adminOf(options), name, options.for),
  );
  ends(
    verb("start", "have a service run again that was stopped").argument("<service>", service),
    ofDecisions,
    (name: string, options: Options) => start(wiring, adminOf(options), name),
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
    (project: string, files: readonly string[], options: Options & SyncOptions) =>
      sync(wiring, adminOf(options), [project, files], options),
  );
  ends(
    verb("history", "show what was rolled out, and how it ended")
      .argument("[service]", service)
      .option("--json", "print JSON"),
    { 0: "shown", 1: noAnswer },
    (name: string | undefined, options: Options) => history(wiring, adminOf(options), name, options.json ?? false),
  );
  ends(
    verb("images", "show which tag a service follows, and why not the others")
      .argument("[service]", `${service}: with every tag of its repository`)
      .option("--json", "print JSON"),
    { 0: "shown, also where no tag is found", 1: noAnswer },
    (name: string | undefined, options: Options) => images(wiring, adminOf(options), name, options.json ?? false),
  );
  ends(
    verb("adopt", "take over what docker compose or others run for the services of a running controller")
      .argument("[name]", "project/service, service, or project")
      .option("--all", "everything that can be taken over"),
    ofDecisions,
    (name: string | undefined, options: Options) =>
      adopt(wiring, adminOf(options), { name, all: options.all ?? false }),
  );
  ends(
    verb("reconcile", "look at a service again now")
      .argument("<service>", service)
      .option("--build", "build its image again"),
    ofDecisions,
    (name: string, options: Options) =>
      act(wiring, adminOf(options), options.build === true ? "build" : "reconcile", name),
  );
}
