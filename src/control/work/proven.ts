import type { Desired } from "../../plan/model/desired.js";
import type { Memory } from "../../plan/model/desired.js";
import type { Rollout } from "../../plan/model/condition.js";
import { asDigest, type Digest } from "../../compose/values/image.js";
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
 * The digest that the file and the registry name, where that is the stable one. Undefined: something else serves, as after a
 * rollback, or nobody can tell yet; or it is of no registry.
 */
export function provenDigest({ wanted, memory, rollout }: Omit<Standing, "cause">): Digest | undefined {
  const { spec, target } = wanted;
  if (spec.build !== undefined || spec.gateOf !== undefined) return undefined;
  if (!target.known || target.local === true || memory.pin !== undefined) return undefined;
  const isUnderWay = rollout !== undefined && rollout.finishedAt === undefined;
  if (isUnderWay || memory.stableDigest !== target.digest) return undefined;
  return asDigest(target.digest);
}

/** The same of a service whose tag could move. */
export function provenIn(standing: Standing): Proven | undefined {
  const { wanted, rollout, cause } = standing;
  const { image } = wanted.spec;
  const digest = image.digest === undefined ? provenDigest(standing) : undefined;
  if (digest === undefined) return undefined;
  const own = rollout?.to === digest ? rollout.id : undefined;
  return { image, digest, ...given({ rollout: own, cause }) };
}
