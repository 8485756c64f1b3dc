import type { ServiceKey } from "../../compose/model/service.js";
import { parseImage } from "../../compose/values/image.js";
import type { Entry } from "../../control/journal/entry.js";
import type { ServiceRecord } from "../../control/journal/record.js";
import type { Rollout } from "../../plan/model/condition.js";
import { describeChoice } from "../../plan/model/desired.js";
import type { Change, Notice, NoticeCommit } from "../model/notice.js";
import { type Draft, lastOf, noticeId, severityOf, shortDigest, told, versionName } from "./draft.js";

/** What is known of a service besides the entry. */
export interface About {
  readonly record: Pick<ServiceRecord, "rollouts" | "failures">;
  /** As the file has them. Absent: no file declares it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where people see it. */
  readonly link?: string;
}

/** What an entry of the journal is told as; undefined: as nothing. */
export function draftOf(entry: Entry, about: About): Draft | undefined {
  if (entry.type === "rollout") return rolloutDraft(entry.at, entry.key, entry.rollout, about);
  if (entry.type === "hold") return holdDraft(entry, about);
  return entry.type === "job" ? jobDraft(entry, about) : undefined;
}

export function releaseProblem(key: string): string {
  return `release ${key}`;
}

function jobProblem(key: string): string {
  return `job ${key}`;
}

function common(key: ServiceKey, at: number, { labels, link }: About) {
  const [project = "", service = ""] = key.split("/");
  return {
    ...{ at, project, service },
    ...(labels === undefined ? {} : { labels }),
    ...(link === undefined ? {} : { link }),
  };
}

type Kind = "started" | "promoted" | "rolled-back" | "failed";

function rolloutDraft(at: number, key: ServiceKey, rollout: Rollout, about: About): Draft | undefined {
  const kind = kindOf(rollout);
  if (kind === undefined) return undefined;
  const change = changeOf(rollout, about.record.rollouts);
  const isWish = rollout.rollback === true;
  const isBad = kind === "failed" || (kind === "rolled-back" && !isWish);
  const reason = reasonOf(rollout);
  return {
    id: noticeId("rollout", rollout.id, rollout.startedAt, kind),
    ...common(key, at, about),
    kind,
    severity: isBad ? "error" : "info",
    title: `${key}: ${titleOf(kind, change, isWish)}`,
    ...(reason === undefined ? {} : { reason: told(reason) }),
    change,
    ...causeOf(rollout),
    ...commitOf(rollout, about.record.rollouts),
    ...(isBad ? { problem: releaseProblem(key), ...lastOf(failureOf(rollout, about)?.logs) } : {}),
    ...(isBad || kind === "started" ? {} : { ends: releaseProblem(key) }),
  };
}

/** One that another one has taken the place of is not told: what has taken it is. */
function kindOf({ finishedAt, outcome }: Rollout): Kind | undefined {
  if (finishedAt === undefined) return "started";
  return outcome === undefined || outcome === "superseded" ? undefined : outcome;
}

function changeOf({ id, from, to, image, tag }: Rollout, known: readonly Rollout[]): Change {
  const before = known.findLast((one) => one.to === from && one.id !== id);
  const fromTag = tag?.from ?? tagIn(before?.image);
  const toTag = tag?.tag ?? tagIn(image);
  return {
    rollout: id,
    image: image ?? "",
    ...(from === undefined ? {} : { from: { digest: from, ...(fromTag === undefined ? {} : { tag: fromTag }) } }),
    to: { digest: to, ...(toTag === undefined ? {} : { tag: toTag }) },
    ...skippedBy(tag),
  };
}

function skippedBy(choice: Rollout["tag"]): Pick<Change, "skipped"> {
  const { tags = [], more = 0 } = choice?.skipped ?? {};
  return tags.length === 0 ? {} : { skipped: [...(more === 0 ? [] : [`… ${more} more`]), ...tags] };
}

function tagIn(image: string | undefined): string | undefined {
  if (image === undefined) return undefined;
  try {
    return parseImage(image).tag;
  } catch {
    return undefined;
  }
}

/** A tag that has moved is no name for what is behind it. */
function titleOf(kind: Kind, { from, to }: Change, isWish: boolean): string {
  const hasMoved = to.tag !== undefined && from?.tag === to.tag && from.digest !== to.digest;
  const name = `${versionName(to)}${hasMoved ? ` (${shortDigest(to.digest)})` : ""}`;
  switch (kind) {
    case "started":
      return isWish ? `the way back to ${name} has begun` : `the rollout of ${name} has begun`;
    case "promoted":
      return `${name} is promoted`;
    case "rolled-back":
      return isWish ? `${name} serves again, as a person has asked` : `${name} has failed and is rolled back`;
    case "failed":
      return `${name} has failed, and nothing serves in its place`;
  }
}

function reasonOf({ finishedAt, outcome, message, tag }: Rollout): string | undefined {
  if (finishedAt !== undefined && outcome !== "promoted" && message !== undefined) return message;
  return tag === undefined ? undefined : describeChoice(tag);
}

function causeOf({ rollback, cause }: Rollout): Pick<Notice, "cause"> {
  if (rollback === true) return { cause: "a person" };
  if (cause === "api") return { cause: "somebody at the API" };
  return cause === undefined ? {} : { cause };
}

function commitOf(rollout: Rollout, known: readonly Rollout[]): { readonly commit?: NoticeCommit } {
  if (rollout.commit === undefined) return {};
  const { id, source, author, subject } = rollout.commit;
  const before = commitBefore(rollout, known);
  return {
    commit: {
      ...{ id, source, author: told(author, 200), subject: told(subject, 300) },
      ...(/^https?:\/\//.test(source) ? { url: source } : {}),
      ...(before === undefined || before === id ? {} : { before }),
    },
  };
}

/** What brought the spec that served before: newer images of it, and ways back to it, have no commit of their own. */
function commitBefore({ id, from, commit }: Rollout, known: readonly Rollout[]): string | undefined {
  if (from === undefined) return undefined;
  const index = known.findIndex((one) => one.id === id);
  const earlier = index < 0 ? known : known.slice(0, index);
  const served = earlier.findLast(({ outcome, rollback }) => outcome === "promoted" || rollback === true);
  if (served?.specHash === undefined) return undefined;
  const brought = earlier.findLast((one) => one.specHash === served.specHash && one.commit !== undefined)?.commit;
  return brought?.source === commit?.source ? brought?.id : undefined;
}

function failureOf({ to, startedAt }: Rollout, { record }: About) {
  return record.failures.findLast(({ digest, at }) => digest === to && at >= Date.parse(startedAt));
}

/** Every slot may have failed: it is one thing that is held. */
function holdDraft(entry: Extract<Entry, { readonly type: "hold" }>, about: About): Draft {
  const { key, at, digest, specHash, revision, reason, message, logs, container } = entry;
  const rollout = about.record.rollouts.findLast(({ to, specHash: of }) => to === digest && of === specHash);
  const change = rollout === undefined ? undefined : changeOf(rollout, about.record.rollouts);
  const name = change === undefined ? shortDigest(digest) : versionName(change.to);
  const kind = "held" as const;
  return {
    id: noticeId(kind, key, digest, specHash, revision ?? at),
    ...common(key, at, about),
    ...{ kind, severity: severityOf(kind) },
    title: `${key}: ${name} is held until the files or the digest change`,
    reason: told(`${container}: ${reason}: ${message}`),
    ...(change === undefined ? {} : { change }),
    ...(rollout === undefined ? {} : causeOf(rollout)),
    ...(rollout === undefined ? {} : commitOf(rollout, about.record.rollouts)),
    command: `fairlead retry ${key}`,
    problem: releaseProblem(key),
    ...lastOf(logs),
  };
}

function jobDraft(entry: Extract<Entry, { readonly type: "job" }>, about: About): Draft | undefined {
  const { key, at, container, name = container, outcome, message, logs } = entry;
  const base = common(key, at, about);
  if (outcome === "done") {
    const kind = "recovered" as const;
    return {
      ...base,
      ...{ id: noticeId("job", key, container, outcome), kind, severity: severityOf(kind) },
      ...{ title: `${key}: its job is done`, reason: told(message) },
      ...{ ends: jobProblem(key), onlyAsEnd: true },
    };
  }
  if (outcome !== "failed") return undefined;
  const kind = "job-failed" as const;
  return {
    ...base,
    ...{ id: noticeId("job", key, container, outcome), kind, severity: severityOf(kind) },
    ...{ title: `${key}: job ${told(name, 200)} has failed`, reason: told(message) },
    problem: jobProblem(key),
    ...lastOf(logs),
  };
}
