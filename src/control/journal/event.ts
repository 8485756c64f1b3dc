import type { Rollout } from "../../plan/model/condition.js";
import { describeChoice } from "../../plan/model/desired.js";
import { describeDrift } from "../../plan/slot/upkeep/altered.js";
import { printable } from "../../tools/printable.js";
import type { Entry } from "./entry.js";

/** Of a person's reason for an order, in characters. */
export const longestReason = 300;

type What = Pick<Event, "type" | "reason" | "message" | "digest">;

/** What a line of the journal tells people; undefined: it is a note to ourselves. */
export function eventOf(entry: Entry): Omit<Event, "id"> | undefined {
  const what = tell(entry);
  if (what === undefined) return undefined;
  const [project = "", service = ""] = entry.key.split("/");
  return { at: new Date(entry.at).toISOString(), project, service, ...what };
}

const jobReasons = { started: "JobStarted", done: "JobDone", failed: "JobFailed", retried: undefined } as const;

const asked = {
  reconcile: { type: "reconcile", reason: "ReconcileAsked", message: "a person has asked to look again" },
  adopt: { type: "adoption", reason: "AdoptionAsked", message: "a person has asked to take over what others made" },
  build: { type: "build", reason: "BuildAsked", message: "a person has asked for a new build" },
} as const;

/** In a person's own words. */
function because({ why }: { readonly why?: string | undefined }): string {
  return why === undefined ? "" : `: ${printable(why, longestReason)}`;
}

function tell(entry: Entry): What | undefined {
  switch (entry.type) {
    case "rollout":
      return rolloutOf(entry.rollout);
    case "hold": {
      const { reason, message, digest } = entry;
      return { type: "hold", reason, message, digest };
    }
    case "job": {
      const { outcome, message, digest } = entry;
      const reason = jobReasons[outcome];
      return reason === undefined ? undefined : { type: "job", reason, message, digest };
    }
    case "pin": {
      const message = `a person has pinned it to revision ${entry.revision}${because(entry)}`;
      return { type: "pin", reason: "Pinned", message, digest: entry.digest };
    }
    case "pause":
      return { type: "pause", reason: "Paused", message: `a person has paused its rollouts${because(entry)}` };
    case "resume":
      return {
        type: "resume",
        reason: "Resumed",
        message: `a person has lifted its pin and its pause${because(entry)}`,
      };
    case "stop": {
      const until = entry.until === undefined ? "" : ` until ${new Date(entry.until).toISOString()}`;
      return { type: "stop", reason: "Stopped", message: `a person has stopped it${until}${because(entry)}` };
    }
    case "left": {
      const message = `${entry.name} was stopped by somebody else, and stays stopped`;
      return { type: "stop", reason: "StoppedByOthers", message };
    }
    case "drift":
      return { type: "drift", reason: "DriftDetected", message: describeDrift(entry.name, entry.fields) };
    case "start":
      return { type: "start", reason: "Started", message: `a person has asked for it to run${because(entry)}` };
    case "approve": {
      const message = `a person has approved it${because(entry)}`;
      return { type: "approval", reason: "Approved", message, digest: entry.digest };
    }
    case "retry": {
      const message = `a person has asked to try again what had failed${because(entry)}`;
      return { type: "retry", reason: "RetryAsked", message };
    }
    case "asked":
      return { ...asked[entry.order], message: `${asked[entry.order].message}${because(entry)}` };
    case "adopt": {
      const message = `adopted ${entry.name}, which others made`;
      return { type: "adoption", reason: "Adopted", message, digest: entry.digest };
    }
    case "build-asked":
      return { type: "build", reason: "BuildAsked", message: "a new build was asked for" };
    case "built":
      return { type: "build", reason: "Built", message: "the image is built", digest: entry.image };
    case "build-failed":
      return { type: "build", reason: "BuildFailed", message: entry.message };
    case "reload": {
      const { name, signal, files } = entry;
      return {
        type: "reload",
        reason: "Reloading",
        message: `${name} was told by ${signal} that ${Object.keys(files).join(", ")} changed`,
      };
    }
    case "reloaded": {
      const { name, failure, digest } = entry;
      if (failure === undefined)
        return { type: "reload", reason: "Reloaded", message: `${name} is well after its reload`, digest };
      return { type: "reload", reason: "ReloadFailed", message: `${name}: ${failure}`, digest };
    }
    case "promoted": {
      const { tag, digest, from } = entry;
      if (from === digest) return undefined;
      return {
        type: "promotion",
        reason: "TagMoved",
        message: `${tag} was moved to the image that has proved itself`,
        digest,
      };
    }
    case "step":
    case "attempt":
    case "volumes":
    case "mounted":
    case "stable":
    case "same-content":
    case "verified":
    case "resolved":
    case "leaving":
    case "ending":
    case "post-start":
    case "seen":
    case "revision":
    case "forget":
      return undefined;
  }
}

const outcomes = {
  promoted: "Promoted",
  "rolled-back": "RolledBack",
  superseded: "Superseded",
  failed: "Failed",
} as const;

/** ` by commit 1a2b3c4 of …, Author: subject`; empty where it is no commit's work. */
export function byCommit({ commit }: Pick<Rollout, "commit">): string {
  if (commit === undefined) return "";
  const { id, source, author, subject } = commit;
  return printable(`, by commit ${id.slice(0, 7)} of ${source}, ${author}: ${subject}`, 300);
}

/** `, 1.4.2 -> 1.4.3 by policy semver ^1.4`; empty where no policy has chosen. */
export function byPolicy({ tag }: Pick<Rollout, "tag">): string {
  return tag === undefined ? "" : printable(`, ${describeChoice(tag)}`, 300);
}

function rolloutOf(rollout: Rollout): What {
  const { to, finishedAt, outcome = "superseded", message } = rollout;
  if (finishedAt === undefined) {
    const begun = `rollout of ${to} has begun${byPolicy(rollout)}${byCommit(rollout)}`;
    return { type: "rollout", reason: "RolloutStarted", message: begun, digest: to };
  }
  const cause = message === undefined ? "" : `: ${message}`;
  return { type: "rollout", reason: outcomes[outcome], message: `rollout of ${to}: ${outcome}${cause}`, digest: to };
}

export const eventTypes = [
  "state",
  "file",
  "delivery",
  "rollout",
  "hold",
  "job",
  "build",
  "pin",
  "pause",
  "resume",
  "stop",
  "start",
  "approval",
  "retry",
  "adoption",
  "reload",
  "promotion",
  "commit",
  "handler",
  "reconcile",
  "drift",
] as const;

/** Something that Fairlead did or noticed. Holds no secret. */
export interface Event {
  /** Later events of one run of the controller have higher ones: epoch milliseconds, a dash, and a count. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** Absent: it concerns no single one. */
  readonly project?: string;
  readonly service?: string;
  readonly type: (typeof eventTypes)[number];
  /** One CamelCase word a machine can match; of a state that of the condition `Ready`, of a delivery its outcome. */
  readonly reason: string;
  readonly message: string;
  readonly digest?: string;
}
