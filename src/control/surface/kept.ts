import { holds } from "../../compose/model/policy/reload-policy.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Kept } from "../ports/source.js";

/** What a source keeps on the host, and for which containers. */
export interface KeptFor extends Kept {
  /** The names of those that have it mounted, also where they do not run. */
  readonly containers: readonly string[];
}

export function keptFor(kept: readonly Kept[], { containers }: Pick<HostSnapshot, "containers">): readonly KeptFor[] {
  return kept.map((one) => {
    const users = containers.filter(({ mounts = [] }) => mounts.some(({ source }) => holds(one.path, source)));
    return { ...one, containers: users.map(({ name }) => name).sort() };
  });
}
