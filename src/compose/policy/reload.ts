import { given } from "../../tools/present.js";
import { signal } from "../container/signals.js";
import { hostPath } from "../document/host-path.js";
import { isMapping, items, quoted, read, readAll, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { filledText, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { reloadKeys } from "../keys/extension-keys.js";
import { holds, type ReloadPolicy } from "../model/policy/reload-policy.js";
import type { Mount } from "../model/mount.js";

/** `mounts`: those of the service; undefined: it is said of all services. */
export function reload(node: Node, mounts: readonly Mount[] | undefined): ReloadPolicy | null {
  if (!isMapping(node.value)) return ignored(node);
  const field = fields(node, reloadKeys);
  const written = field("signal");
  if (written === undefined) report(node, "`signal` is missing", "write for example SIGHUP");
  const name = read(written, handledSignal);
  const paths = read(field("paths"), (at) => mountedPaths(at, mounts));
  return name === undefined ? null : { kind: "signal", signal: name, ...given({ paths }) };
}

function ignored(node: Node): ReloadPolicy | null {
  const hint = "write `ignore`, or a mapping such as `{signal: SIGHUP}`";
  if (typeof node.value !== "string") return wrongKind(node, "`ignore` or a mapping", hint);
  const word = text(node);
  if (word === null || word === "ignore") return word === null ? null : { kind: "ignore" };
  return report(node, `${quoted(node)} is not a way to reload`, hint);
}

/** By name or by number. No process can do anything of its own about two of them. */
function handledSignal(node: Node): string | null {
  const name = signal(typeof node.value === "number" ? { ...node, value: String(node.value) } : node, "SIGHUP");
  if (name === null || !/^(?:(?:SIG)?(?:KILL|STOP)|9|19)$/i.test(name)) return name;
  return report(node, `no process can answer ${quoted(node)} by reading its files again`, "write for example SIGHUP");
}

function mountedPaths(node: Node, mounts: readonly Mount[] | undefined): readonly string[] | null {
  if (mounts === undefined) {
    return reportKey(node, "files belong to one service", "write `reload` in that service's own `x-fairlead`");
  }
  const nodes = items(node);
  if (Array.isArray(node.value) && nodes.length === 0) {
    return report(node, "must not be empty", "leave it out for every mounted file");
  }
  return readAll(nodes, (at) => mountedPath(at, mounts));
}

/** What `configs` and `secrets` mount has a rollout of its own when it changes. */
function mountedPath(node: Node, mounts: readonly Mount[]): string | null {
  const written = filledText(node);
  const path = written === null ? null : hostPath(node, written);
  if (path === null) return null;
  const isMounted = mounts.some(
    ({ type, source }) => type === "bind" && source !== undefined && (holds(source, path) || holds(path, source)),
  );
  if (isMounted) return path;
  return report(node, `${quoted(node)} is not mounted`, "name a path of the host that stands under `volumes`");
}
