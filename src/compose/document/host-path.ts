import { posix } from "node:path";
import { report, type Node } from "./node.js";

/** The same without `~`: an absolute path, or one relative to the folder of the file that names it. */
export function relativePath(node: Node, path: string): string | null {
  const whole = posix.resolve(node.reading.directory, path);
  const stray = posix.isAbsolute(path) ? undefined : node.reading.ground?.strays(whole);
  return stray === undefined ? whole : report(node, stray.refused, stray.hint);
}

/** A path on the host: `~/` is the home folder, and a relative one begins in the folder of the file that names it. */
export function hostPath(node: Node, path: string): string | null {
  const { directory } = node.reading;
  if (!path.startsWith("~")) return relativePath(node, path);
  const home = node.reading.variables("HOME");
  if (path !== "~" && !path.startsWith("~/")) return report(node, "only `~/` is understood", "write the whole path");
  if (home === undefined || home === "") return report(node, "`~` needs the variable HOME", "write the whole path");
  return posix.resolve(directory, home, path.slice(2));
}
