import { posix } from "node:path";
import { report, type Node } from "./node.js";

/** A path on the host: `~/` is the home folder, and a relative one begins in the folder of the file that names it. */
export function hostPath(node: Node, path: string): string | null {
  const { directory } = node.reading;
  if (!path.startsWith("~")) return posix.resolve(directory, path);
  const home = node.reading.variables("HOME");
  if (path !== "~" && !path.startsWith("~/")) return report(node, "only `~/` is understood", "write the whole path");
  if (home === undefined || home === "") return report(node, "`~` needs the variable HOME", "write the whole path");
  return posix.resolve(directory, home, path.slice(2));
}
