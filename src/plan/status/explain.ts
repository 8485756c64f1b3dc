import { formatTime } from "../../tools/time.js";
import type { Revision } from "../history/revisions.js";
import type { Condition, ConditionType, Rollout, ServiceStatus } from "../model/condition.js";
import { shorten } from "../steps/render.js";
import { reasonWords } from "./reason-words.js";
import type { Ability, ReasonWords } from "./reasons/words.js";

/** When it is looked at again: now, at that moment (epoch ms), or only when something happens. */
export type NextLook = "now" | number | undefined;

export interface Situation {
  readonly status: ServiceStatus;
  /** Undefined: the host cannot be seen, and so it is not known. */
  readonly history: KnownHistory | undefined;
  readonly nextLook: NextLook;
}

interface KnownHistory {
  /** Newest first. */
  readonly revisions: readonly Revision[];
  readonly paused: boolean;
  /** Newest first. */
  readonly failures: readonly {
    readonly digest: string;
    readonly container: string;
    readonly reason: string;
    readonly message: string;
    /** ISO 8601. */
    readonly at: string;
  }[];
}

export interface Explanation {
  /** What runs, since when and why, how it stands, and what was tried. */
  readonly sentences: readonly string[];
  /** What happens by itself. `at`: ISO 8601. */
  readonly next: { readonly what: string; readonly at?: string };
  /** What a person can do. */
  readonly can: readonly { readonly command: string; readonly what: string }[];
}

/** A service in sentences, for whoever does not know the words of its status. */
export function explain(situation: Situation): Explanation {
  const { status } = situation;
  const ready = conditionOf(status, "Ready");
  const words = ready === undefined ? reasonWords.NotObserved : reasonWords[ready.reason];
  return {
    sentences: [
      ...whatRuns(status, ready),
      ...whyThat(status),
      ...howItStands(status, ready, words),
      ...whatElse(status, ready),
      ...whatWasTried(situation),
    ].map((sentence) => shorten(sentence)),
    next: whatNext(situation, words),
    can: abilitiesIn(situation, words).map((ability) => commandFor(ability, status)),
  };
}

function whatRuns(status: ServiceStatus, ready: Condition | undefined): readonly string[] {
  const { project, service, activeDigest, revision, createdAt, replicas } = status;
  const name = `${project}/${service}`;
  const isUnseen = ready?.status === "Unknown" && ready.reason === "EngineUnavailable";
  if (activeDigest === undefined) {
    if (status.health === "Unknown") return [`Whether anything of ${name} runs is not known.`];
    return [`Nothing of ${name} serves${status.sync === "Stopped" ? ", as was asked" : ""}.`];
  }
  const which = revision === undefined ? activeDigest : `${activeDigest}, revision ${revision}`;
  const since = createdAt === undefined ? "" : `, in a container made at ${brief(createdAt)}`;
  const seen = status.observedAt === undefined ? "" : ` at ${brief(status.observedAt)}`;
  if (isUnseen) return [`${name} ran ${which}${since}, when it was last seen${seen}.`];
  const share = replicas.desired === 0 ? "" : `; ${replicas.ready} of ${replicas.desired} replicas serve`;
  return [`${name} runs ${which}${since}${share}.`];
}

/** Why that, and what is wanted where that is something else. */
function whyThat(status: ServiceStatus): readonly string[] {
  const { activeDigest, desiredDigest, image, policy, tag, pinned, lastRollout, replicas } = status;
  const resolved = conditionOf(status, "DigestResolved");
  const followed = policy === undefined ? image : `tag ${tag ?? "?"} of ${image}, chosen by policy ${policy}`;
  if (pinned !== undefined) {
    const wanted = desiredDigest === undefined ? "" : ` The file and the tag want ${desiredDigest}.`;
    return [`A person has gone back to revision ${pinned.revision}, and it stays there until it is resumed.${wanted}`];
  }
  if (isLeft(status)) return [];
  if (desiredDigest === undefined) {
    return [`The digest of ${image} is not known: ${resolved?.message ?? "nobody has asked yet"}.`];
  }
  const isWanted = activeDigest === desiredDigest && replicas.updated === replicas.desired;
  if (!isWanted) {
    const what = activeDigest === desiredDigest ? "the same image with another spec, as the file has it now" : followed;
    return [`${desiredDigest} is wanted: ${what}.`];
  }
  const commit = lastRollout?.commit;
  const by =
    commit === undefined || lastRollout?.to !== activeDigest
      ? ""
      : ` It came with commit ${commit.id.slice(0, 7)} of ${commit.source} (${commit.author}: ${commit.subject}).`;
  return [`That is what its services file wants, and what the registry has for ${followed}.${by}`];
}

function howItStands({ sync }: ServiceStatus, ready: Condition | undefined, { state }: ReasonWords): readonly string[] {
  if (ready === undefined) return [`${state}.`];
  const since = `since ${brief(ready.lastTransitionTime)}`;
  if (ready.reason === "Converged") {
    const isWell = ready.status === "True";
    if (!isWell) return [`Everything that can be done is done, but it does not serve as it should: ${ready.message}.`];
    return sync === "Pinned" ? [`It is well ${since}: ${ready.message}.`] : [`${state} ${since}: ${ready.message}.`];
  }
  const isDetailed = ready.message !== "" && ready.message.toLowerCase() !== state.toLowerCase();
  return [`${state}${isDetailed ? `: ${ready.message}` : ""}.`];
}

/** What is to be told beside its summary. */
const tellsWhen: Partial<Record<ConditionType, Condition["status"]>> = {
  SpecValid: "False",
  StaleMount: "True",
  LocalChanges: "True",
  Scheduled: "False",
  NodesReady: "False",
};

function whatElse(status: ServiceStatus, ready: Condition | undefined): readonly string[] {
  if (isLeft(status) || ready?.reason === "NotObserved") return [];
  return status.conditions
    .filter(({ type, status: is, reason }) => tellsWhen[type] === is || reason === "Flapping" || reason === "TagGone")
    .filter(({ reason }) => reason !== ready?.reason)
    .map(({ reason, message }) => `${reasonWords[reason].state}: ${message}.`);
}

const endings = {
  promoted: "succeeded",
  "rolled-back": "was rolled back",
  superseded: "was replaced by a newer one",
  failed: "failed",
} as const;

function whatWasTried({ status, history }: Situation): readonly string[] {
  if (history === undefined) return ["What was tried is not known now: the host cannot be seen."];
  const { lastRollout } = status;
  const [failure] = history.failures;
  const said: string[] = [];
  if (lastRollout !== undefined) {
    const { to, startedAt, finishedAt, outcome, message, rollback, onRollback } = lastRollout;
    const what = rollback === true ? "The last rollback by a person" : "The last rollout";
    const ended =
      outcome === undefined || finishedAt === undefined
        ? "is under way"
        : `${endings[outcome]} at ${brief(finishedAt)}${message === undefined ? "" : ` (${message})`}`;
    said.push(`${what}, to ${to}, began at ${brief(startedAt)} and ${ended}.`);
    if (onRollback !== undefined) said.push(`After the rollout failed: ${onRollback.message}.`);
  }
  if (failure !== undefined && !isOver(status, failure.at)) {
    const times = history.failures.filter(({ digest }) => digest === failure.digest).length;
    const often = times > 1 ? `, the last of ${times} tries of that image` : "";
    said.push(`${failure.container} failed at ${brief(failure.at)}${often}: ${failure.message}.`);
  }
  return said;
}

interface Since extends Pick<ServiceStatus, "sync"> {
  readonly conditions: readonly Pick<Condition, "type" | "status">[];
  readonly lastRollout?: Partial<Pick<Rollout, "outcome" | "finishedAt">> | undefined;
}

/** What failed then counts no more: what is wanted runs, or something newer has come through since. */
export function isOver(status: Since, failedAt: string): boolean {
  if (status.conditions.find(({ type }) => type === "Ready")?.status === "True" && status.sync === "Synced")
    return true;
  const { outcome, finishedAt } = status.lastRollout ?? {};
  return outcome === "promoted" && finishedAt !== undefined && Date.parse(finishedAt) > Date.parse(failedAt);
}

function whatNext({ nextLook }: Situation, { next, nextAt }: ReasonWords): Explanation["next"] {
  if (nextLook === "now") return { what: `it is being looked at right now; ${next}` };
  if (nextLook === undefined) return { what: next };
  const at = formatTime(nextLook);
  const what = nextAt?.replace("AT", `at ${at}`) ?? `${next}; it is looked at again at ${at} at the latest`;
  return { what, at };
}

function abilitiesIn({ status, history }: Situation, { can }: ReasonWords): readonly Ability[] {
  const more: Ability[] = [];
  const ready = conditionOf(status, "Ready");
  if (isLeft(status)) return can;
  if (conditionOf(status, "SpecValid")?.status === "False") more.push("validate");
  if (conditionOf(status, "LocalChanges")?.status === "True") more.push("keep-local", "take-git");
  if (status.pinned !== undefined || history?.paused === true) more.push("resume");
  if (ready?.reason === "Converged" && ready.status === "False") more.push("logs");
  if (ready?.status === "True" && status.pinned === undefined && hasEarlier(history)) more.push("rollback");
  const hasFailed = history === undefined || history.failures.length > 0;
  return [...new Set([...can, ...more])].filter((ability) => ability !== "failed-log" || hasFailed);
}

function hasEarlier(history: KnownHistory | undefined): boolean {
  return (history?.revisions ?? []).filter(({ outcome }) => outcome === "promoted").length > 1;
}

const abilities: Readonly<Record<Ability, readonly [command: string, what: string]>> = {
  adopt: ["adopt NAME", "take over the container that others have made"],
  approve: ["approve NAME", "let the rollout begin"],
  build: ["reconcile NAME --build", "build its image again"],
  "build-log": ["logs NAME --build", "see the output of the build"],
  diff: ["diff NAME", "see what differs between what runs and what is wanted"],
  doctor: ["doctor", "see whether the engine, the registries and this host are in order"],
  events: ["events NAME", "see what was done, and why"],
  "failed-log": ["logs NAME --failed", "see the last log lines of the container that failed"],
  images: ["images NAME", "see which tags there are, and why each is followed or not"],
  "keep-local": ["sync PROJECT --ours", "keep the files as the containers have changed them"],
  logs: ["logs NAME", "see the logs of its containers"],
  pause: ["pause NAME", "let no further rollout begin"],
  plan: ["plan NAME", "see what would be done now"],
  reconcile: ["reconcile NAME", "try it now"],
  resume: ["resume NAME", "follow the file and the tag again"],
  retry: ["retry NAME", "try it again"],
  rollback: ["rollback NAME", "go back to the revision before"],
  start: ["start NAME", "run it again"],
  "take-git": ["sync PROJECT --theirs", "take the files as git has them"],
  validate: ["validate", "see what is wrong with the file"],
  wait: ["wait NAME", "wait until it has ended"],
};

function commandFor(ability: Ability, { project, service }: ServiceStatus): Explanation["can"][number] {
  const [command, what] = abilities[ability];
  const named = command.replace("NAME", `${project}/${service}`).replace("PROJECT", project);
  return { command: `fairlead ${named}`, what };
}

function isLeft(status: ServiceStatus): boolean {
  const reason = conditionOf(status, "Ready")?.reason;
  return reason === "Orphaned" || reason === "Removing";
}

function conditionOf({ conditions }: ServiceStatus, type: ConditionType): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** Without the milliseconds. */
function brief(iso: string): string {
  return iso.replace(/\.\d+Z$/, "Z");
}
