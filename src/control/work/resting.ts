/*
 * What need not be planned again lives here. Whatever it answers, a fresh plan would say the same.
 */

import { isDeepStrictEqual } from "node:util";
import type { ServiceKey } from "../../compose/model/service.js";
import type { Rollout, ServiceStatus } from "../../plan/model/condition.js";
import type { Desired, Memory } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Outcome } from "../../plan/model/outcome.js";
import type { TagMoves } from "../../plan/model/tag-moves.js";
import { groundsOf, isSameGround } from "../../plan/rest/grounds.js";
import type { Catalog, Declared } from "../desired/catalog.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Clock } from "../ports/clock.js";

export interface RestingOptions {
  readonly catalog: Pick<Catalog, "snapshot" | "statuses">;
  readonly recordOf: (key: ServiceKey) => ServiceRecord;
  /** How its tags stand that are to be moved. */
  readonly movesOf: (key: ServiceKey, desired: Desired) => TagMoves | undefined;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** However little seems to have changed, each service is planned for anew this often. */
  readonly longestMs: number;
}

/** A plan that changed nothing, and what was said by it. */
export interface Conclusion {
  /** What the files and the registry wanted. */
  readonly wanted: Desired;
  readonly memory: Memory;
  readonly rollout: Rollout | undefined;
  readonly outcome: Outcome;
  /** As it was published. */
  readonly status: ServiceStatus;
  /** Until when it holds if nothing changes, epoch ms. */
  readonly until: number;
}

interface Known extends Conclusion {
  /** What it was concluded from, besides the time. */
  readonly files: Catalog["snapshot"];
  readonly record: ServiceRecord;
  readonly moves: TagMoves | undefined;
  readonly grounds: readonly unknown[];
  /** When it is planned anew all the same, by the monotonic clock. */
  readonly dueAt: number;
}

/**
 * Services of which nothing has changed since they were last planned for. What a plan rests on is compared by identity: files,
 * journal and host keep what has not changed. A look that something has caused is planned in any case.
 */
export class Resting {
  readonly #known = new Map<ServiceKey, Known>();

  constructor(private readonly options: RestingOptions) {}

  /** What was concluded when all that files, host and journal show was as it is now. Undefined: it is to be planned. */
  of(key: ServiceKey, { spec }: Declared, host: HostSnapshot): Conclusion | undefined {
    const known = this.#known.get(key);
    if (known === undefined || !this.#isCurrent(key, known)) return undefined;
    return isSameGround(known.grounds, groundsOf(spec, host)) ? known : undefined;
  }

  /** Whether it still holds, now that it is known what is wanted. */
  holds(key: ServiceKey, wanted: Desired): boolean {
    const known = this.#known.get(key);
    if (known === undefined || !this.#isCurrent(key, known)) return false;
    return isSameWish(known.wanted, wanted) && isDeepStrictEqual(known.moves, this.options.movesOf(key, wanted));
  }

  /** A service has been planned for by this record. */
  note(
    key: ServiceKey,
    from: { readonly host: HostSnapshot; readonly record: ServiceRecord },
    conclusion: Conclusion,
  ): void {
    const { catalog, movesOf, clock, random, longestMs } = this.options;
    const { wanted } = conclusion;
    this.#known.set(key, {
      ...conclusion,
      files: catalog.snapshot,
      record: from.record,
      moves: movesOf(key, wanted),
      grounds: groundsOf(wanted.spec, from.host),
      // At moments of their own: not all of them in one look.
      dueAt: clock.monotonic() + longestMs * (0.5 + 0.5 * random()),
    });
  }

  /** The same has been said again. */
  said(key: ServiceKey, status: ServiceStatus): void {
    const known = this.#known.get(key);
    if (known !== undefined) this.#known.set(key, { ...known, status });
  }

  forget(key: ServiceKey): void {
    this.#known.delete(key);
  }

  #isCurrent(key: ServiceKey, { files, record, status, until, dueAt }: Known): boolean {
    const { catalog, recordOf, clock } = this.options;
    return (
      files === catalog.snapshot &&
      record === recordOf(key) &&
      // While the engine could not be reached something else was said.
      status === catalog.statuses.get(key) &&
      clock.now() < until &&
      clock.monotonic() < dueAt
    );
  }
}

/** `spec`: of a service whose tag is chosen it is made for each look. */
function isSameWish(one: Desired, other: Desired): boolean {
  const { spec, target, ...rest } = one;
  const { spec: otherSpec, target: otherTarget, ...others } = other;
  const isSameSpec = spec === otherSpec || isDeepStrictEqual(spec.image, otherSpec.image);
  return isSameSpec && isDeepStrictEqual(target, otherTarget) && isDeepStrictEqual(rest, others);
}
