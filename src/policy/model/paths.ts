import { posix } from "node:path";
import type { Permissions } from "./permissions.js";

/** What is known of the host's paths. */
export interface Host {
  /** The project's own folders: where its files lie. */
  readonly own: readonly string[];
  /** Where the engine is reached, and what it keeps. */
  readonly engine: readonly string[];
  /** Fairlead's own: settings, keys, journal. Whoever writes there writes the policy. */
  readonly guarded: readonly string[];
  /** Without links; undefined: it cannot be told. Absent: links are nobody's concern, since this is not the host. */
  readonly real?: (path: string) => string | undefined;
}

/** Both absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === "/" || path.startsWith(`${folder}/`);
}

/** Why a container may not be given this path; undefined: it may. */
export function whyNot(path: string, permissions: Permissions, host: Host): PathFault | undefined {
  const normal = normalOf(path);
  const real = host.real === undefined ? normal : host.real(normal);
  if (real === undefined) {
    return {
      key: "bindMounts",
      what: `${path}, which cannot be looked at here: it may be a link`,
      allowed: "and mount that folder into Fairlead's own container, read-only and under the same path",
    };
  }
  const shown = real === normal ? path : `${path}, which is ${real}`;
  const socket = host.engine.find((one) => [normal, real].some((each) => touches(each, one, host)));
  if (socket !== undefined && !permissions.engineSocket) {
    return { key: "engineSocket", what: `${shown}: with it the engine is reached at ${socket}`, allowed: "true" };
  }
  // Who may have the socket need not be given its folder.
  if (host.engine.some((one) => one.endsWith(".sock") && [one, realOf(one, host)].includes(real))) return undefined;
  const roots = permissions.bindMounts.flatMap((root) => (root === "project" ? host.own : [normalOf(root)]));
  const isAllowed =
    roots.some((root) => isWithin(normal, root)) && roots.some((root) => isWithin(real, realOf(root, host)));
  if (!isAllowed) return { key: "bindMounts", what: `${shown}: it is outside the folders that are allowed`, allowed };
  const guarded = host.guarded.find((one) => {
    const each = realOf(one, host);
    // A repository's own folder is in the data directory.
    const isOwn = host.own.some((root) => isWithin(realOf(root, host), each) && isWithin(real, realOf(root, host)));
    return isWithin(each, real) || (!isOwn && isWithin(real, each));
  });
  if (guarded === undefined) return undefined;
  return { key: "bindMounts", what: `${shown}: there Fairlead keeps its own (${guarded})`, allowed: "never this one" };
}

const allowed = "its folder";

export interface PathFault {
  readonly key: "engineSocket" | "bindMounts";
  readonly what: string;
  readonly allowed: string;
}

/** A folder around it gives it away too. */
function touches(path: string, engine: string, host: Host): boolean {
  return [engine, realOf(engine, host)].some((one) => isWithin(one, path) || isWithin(path, one));
}

/** What is not there, or not here, has no other name. */
function realOf(path: string, { real }: Host): string {
  return real?.(path) ?? path;
}

function normalOf(path: string): string {
  const normal = posix.normalize(path).replace(/(.)\/+$/, "$1");
  return normal.startsWith("//") ? normal.slice(1) : normal;
}
