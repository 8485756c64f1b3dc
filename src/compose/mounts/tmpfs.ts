import { oneOrMore } from "../document/lists.js";
import { quoted, report, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";

/** `tmpfs`: `path` or `path:options`, one or a list; the options are mount(8)'s. */
export function tmpfs(node: Node): Readonly<Record<string, string>> | null {
  const options = new Map<string, string>();
  const found = oneOrMore(node, (item) => {
    const written = text(item);
    if (written === null) return null;
    const path = pathOf(written);
    if (!/^\/./.test(path)) {
      return report(item, `${quoted(item)} is not an absolute path`, "write for example `/run:size=64m,mode=1777`");
    }
    // The very same twice is one, as in Compose.
    if ((options.get(path) ?? written) !== written) {
      return report(item, "another one has the same path", "remove one of them");
    }
    options.set(path, written);
    return written;
  });
  return found === null
    ? null
    : Object.fromEntries(found.map((written) => [pathOf(written), written.slice(pathOf(written).length + 1)]));
}

function pathOf(written: string): string {
  return written.split(":", 1)[0] ?? "";
}
