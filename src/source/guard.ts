/*
 * What the policy of the settings file says of a project lives here: what it may read of the host, and what it may ask for.
 */

import type { ReadResult } from "../compose/project/compose.js";
import { judge, pathsOf } from "../policy/judge.js";
import { whyNot, type Host } from "../policy/model/paths.js";
import { permissionsFor, type Origin, type Permissions, type Policy } from "../policy/model/permissions.js";
import { isHere, realPath } from "./real-path.js";
import type { Shelf } from "./texts.js";

/** The policy, and what it has to know of this host. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly engine: readonly string[];
  readonly guarded: readonly string[];
  /** This is the host: links in its paths count. */
  readonly onHost: boolean;
}

/** The policy as it concerns one project. */
export interface Guard {
  readonly permissions: Permissions;
  readonly host: Pick<Host, "own" | "engine" | "guarded">;
  readonly onHost: boolean;
}

/** Where a project comes from, and the folders of the host that are its own. */
export interface Home {
  readonly origin: Origin;
  readonly folders: readonly string[];
}

export function guardOf({ policy, onHost, ...host }: PolicyInForce, { origin, folders }: Home): Guard {
  return { permissions: permissionsFor(policy, origin), host: { ...host, own: folders }, onHost };
}

/** The texts that the project may read: those in its own folder, and in those that it may mount. */
export function guardedShelf(shelf: Shelf, guard: Guard): Shelf {
  return {
    stamp: (path) => shelf.stamp(path),
    bytes: (path) => shelf.bytes(path),
    read: async (path, any) => {
      // What the settings name themselves needs nobody's leave.
      if (any || path === "/dev/null") return shelf.read(path, any);
      const host = { ...guard.host, real: await realPaths([path, ...guard.host.own, ...fixed(guard)]) };
      const fault = whyNot(path, guard.permissions, host);
      if (fault === undefined) return shelf.read(path, any);
      // What it looks for beside its file, such as `.env`, need not be there.
      const isOwn = whyNot(path, { ...guard.permissions, bindMounts: ["project"] }, host) === undefined;
      const found = isOwn ? await shelf.read(path, any) : undefined;
      if (found !== undefined && "missing" in found && found.missing === "ENOENT") return found;
      return { missing: `the policy forbids ${fault.what}; only the settings file can allow it` };
    },
  };
}

/** The project as it may be; else what it may not ask for, and where. */
export async function judged(result: ReadResult, guard: Guard): Promise<ReadResult> {
  if (!result.ok) return result;
  const { permissions, onHost } = guard;
  const paths = [...pathsOf(result.project), ...guard.host.own, ...fixed(guard)];
  const known = onHost ? { real: await realPaths(paths, await absent(guard)) } : {};
  const findings = judge(result.project, permissions, { ...guard.host, ...known });
  if (findings.length === 0) return result;
  const problems = findings.map(({ ways, message, hint }) => ({ ...result.locate(ways), message, hint }));
  return { ok: false, problems, warnings: result.warnings };
}

function fixed({ permissions, host }: Guard): readonly string[] {
  return [...permissions.bindMounts.filter((root) => root.startsWith("/")), ...host.engine, ...host.guarded];
}

/** Folders that are allowed, and that nobody can look into from here. */
async function absent({ permissions }: Guard): Promise<readonly string[]> {
  const roots = permissions.bindMounts.filter((root) => root.startsWith("/"));
  const here = await Promise.all(roots.map(isHere));
  return roots.filter((_root, index) => here[index] === false);
}

async function realPaths(
  paths: readonly string[],
  unseen: readonly string[] = [],
): Promise<(path: string) => string | undefined> {
  const known = new Map<string, string | undefined>();
  for (const path of new Set(paths)) {
    const isUnseen = unseen.some((root) => path === root || path.startsWith(`${root}/`));
    known.set(path, isUnseen ? undefined : await realPath(path));
  }
  return (path) => known.get(path);
}
