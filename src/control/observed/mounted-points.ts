import { posix } from "node:path";
import { holds, isReloaded } from "../../compose/model/policy/reload-policy.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { ObservedMount } from "../../plan/model/host/observed.js";

/** Something of the host that a container has mounted, and that is looked at. */
export interface Point {
  readonly path: string;
  /** The mount that it is, or lies in. */
  readonly source: string;
  /** Where the container has it. */
  readonly target: string;
  /** The process is told of changes. Else only a file that another one has taken the place of is told. */
  readonly isReloaded: boolean;
  /** It may be a folder: the file names it, or what it lies in, or we write it ourselves. */
  readonly mayBeFolder: boolean;
}

/** Of a service without a spec only what was replaced is told. */
export function pointsOf(mounts: readonly ObservedMount[], spec: ServiceSpec | undefined): readonly Point[] {
  if (spec?.reload?.kind === "ignore") return [];
  const { paths = [], tended = [] } = spec?.reload ?? {};
  const mayBeFolder = paths.length > 0;
  const points = mounts
    .filter(({ type }) => type === "bind")
    .flatMap(({ source, target }): readonly Point[] => {
      const within = paths.filter((path) => path !== source && holds(source, path));
      const isWhole = spec !== undefined && isReloaded(spec, source);
      if (within.length === 0 || isWhole) {
        const isFolder = mayBeFolder || tended.some(({ path }) => path === source);
        return [{ path: source, source, target, isReloaded: isWhole, mayBeFolder: isWhole && isFolder }];
      }
      return within.map((path) => {
        const inContainer = posix.join(target, posix.relative(source, path));
        return { path, source, target: inContainer, isReloaded: true, mayBeFolder };
      });
    });
  return [...new Map(points.map((point) => [point.path, point])).values()];
}
