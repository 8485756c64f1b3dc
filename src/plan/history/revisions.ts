import { parseRevision } from "../../compose/values/revision.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";
import type { Rollout } from "../model/condition.js";
import type { Pin } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { inEverySlot, isReturning } from "../model/view.js";
import { revisionIn } from "./numbering.js";

/** One rollout of a service, as its history shows it. */
export interface Revision extends Omit<Rollout, "id"> {
  readonly revision: number;
  /** It serves now, in one slot at least. */
  readonly active: boolean;
}

/** What was rolled out, newest first: what is remembered, and what the containers alone tell. */
export function revisionsOf(
  rollouts: readonly Rollout[],
  containers: readonly ObservedContainer[],
): readonly Revision[] {
  const actives = inEverySlot(containers, "active");
  const remembered = rollouts.map(({ id, ...rollout }) => ({ revision: revisionIn(id), ...rollout }));
  const known = new Set(remembered.map(({ revision }) => revision));
  const proven = [...inEverySlot(containers, "previous"), ...actives].filter(({ revision }) => !known.has(revision));
  const seen = new Map(proven.map((container) => [container.revision, revisionOf(container)]));
  const all = [...seen.values(), ...remembered].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
  return all.map((one, index) => {
    const serves = actives.some(({ revision }) => revision === one.revision);
    const isLast = all.findIndex(({ revision }) => revision === one.revision) === index;
    return { ...one, active: serves && isLast };
  });
}

/** It serves, or has served: so it proved itself, though nobody remembers when. */
function revisionOf({ revision, digest, image, specHash, createdAt }: ObservedContainer): Omit<Revision, "active"> {
  const at = new Date(createdAt).toISOString();
  const proven = { outcome: "promoted", reason: "Converged" } as const;
  return { revision, from: undefined, to: digest, startedAt: at, finishedAt: undefined, ...proven, image, specHash };
}

/**
 * What a person goes back to: a revision by its number or the beginning of its digest, else the last stable one before
 * the one that serves or is on its way. Throws FairleadError `RevisionUnknown`.
 */
export function findRevision(
  wanted: string | undefined,
  revisions: readonly Revision[],
  containers: readonly ObservedContainer[],
  pin: Pin | undefined,
): Omit<Pin, "at"> {
  const found = wanted === undefined ? before(revisions, containers, pin) : named(wanted, revisions);
  const { revision, to, specHash, image } = found;
  if (specHash === undefined || image === undefined) {
    throw unknown(`of revision ${revision} only the digest is known`, "go back by the image in the services file");
  }
  return { revision, digest: to as ImageVersion, specHash, image };
}

function before(
  revisions: readonly Revision[],
  containers: readonly ObservedContainer[],
  pin: Pin | undefined,
): Revision {
  const next = inEverySlot(containers, "next").find((one) => {
    const siblings = containers.filter(({ slot }) => slot === one.slot);
    return !isReturning(one, siblings);
  });
  const serving = inEverySlot(containers, "active")[0];
  const current = pin ?? next ?? serving;
  if (current === undefined) throw unknown("nothing runs that could be gone back from", listing);
  const earlier = revisions.filter(
    (one) =>
      isStable(one) &&
      one.revision < current.revision &&
      (one.to !== current.digest || one.specHash !== current.specHash),
  );
  const [last] = [...earlier].sort((one, other) => other.revision - one.revision);
  if (last !== undefined) return last;
  throw unknown(`no stable revision is known before revision ${current.revision}`, listing);
}

const listing = "`fairlead history` lists what is known";

function named(wanted: string, revisions: readonly Revision[]): Revision {
  const name = parseRevision(wanted);
  const byNumber = name !== undefined && "number" in name;
  const matching = revisions.filter(({ revision, to }) =>
    byNumber ? revision === name.number : name !== undefined && to.startsWith(`sha256:${name.digest}`),
  );
  if (new Set(matching.map(({ to }) => to)).size > 1) {
    throw unknown(`several digests begin with ${wanted}`, "write more of it");
  }
  const stable = matching.find(isStable);
  if (stable !== undefined) return stable;
  const [other] = matching;
  if (other === undefined)
    throw unknown(`no revision ${byNumber ? "has the number" : "has the digest"} ${wanted}`, listing);
  const how = other.outcome === undefined ? "has not proved itself yet" : `ended ${other.outcome}`;
  throw unknown(`revision ${other.revision} ${how}: only a stable one can be gone back to`, listing);
}

/** It proved itself, as a rollout or as a person's roll-back. */
function isStable({ outcome, rollback }: Revision): boolean {
  return outcome === "promoted" || (rollback === true && outcome === "rolled-back");
}

function unknown(message: string, remedy: string): FairleadError {
  return new FairleadError("RevisionUnknown", message, { remedy, retry: "never" });
}
