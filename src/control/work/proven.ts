import type { Desired } from "../../plan/model/desired.js";
import type { Memory } from "../../plan/model/desired.js";
import type { Rollout } from "../../plan/model/condition.js";
import { asDigest } from "../../compose/values/image.js";
import type { Proven } from "../ports/source.js";
import { given } from "../../tools/present.js";

export interface Standing {
  /** By the file and the registry alone. */
  readonly wanted: Desired;
  readonly memory: Pick<Memory, "stableDigest" | "pin">;
  readonly rollout: Rollout | undefined;
  /** Who or what asked for the look, in words. */
  readonly cause: string | undefined;
}

/**
 * The digest behind a service's tag, where that is the stable one. Undefined: something else serves, as after a rollback, or
 * nobody can tell yet; or there is no tag that could move.
 */
export function provenIn({ wanted, memory, rollout, cause }: Standing): Proven | undefined {
  const { spec, target } = wanted;
  const { image, build, gateOf } = spec;
  const hasTag = build === undefined && gateOf === undefined && image.digest === undefined;
  if (!hasTag || !target.known || target.local === true || memory.pin !== undefined) return undefined;
  const isUnderWay = rollout !== undefined && rollout.finishedAt === undefined;
  if (isUnderWay || memory.stableDigest !== target.digest) return undefined;
  const own = rollout?.to === target.digest ? rollout.id : undefined;
  return { image, digest: asDigest(target.digest), ...given({ rollout: own, cause }) };
}
