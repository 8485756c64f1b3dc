import { relativePath } from "../document/host-path.js";
import { isMapping, report, reportMissing, type Node } from "../document/node.js";

const longestProfile = 1_048_576;
const hint = "it is JSON, like the engine's own default profile";

/** A seccomp profile by its path: the engine wants the profile itself, in one line. */
export function seccompProfile(node: Node, named: string): string | null {
  const { library } = node.reading;
  const path = relativePath(node, named);
  if (path === null) return null;
  const found = library.read(path);
  if ("missing" in found) return reportMissing(node, path, found.missing, "write the profile's path, or `unconfined`");
  if (found.foreign !== undefined) return report(node, "the seccomp profile is not UTF-8 text", "save it as UTF-8");
  if (found.text.length > longestProfile) return report(node, "the seccomp profile is larger than 1 MiB", hint);
  if (!isMapping(parsed(found.text))) return report(node, "the file is not a seccomp profile", hint);
  return `seccomp=${compact(found.text)}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Without the space between its parts. Never written anew: its numbers may have 64 bits. */
function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}
