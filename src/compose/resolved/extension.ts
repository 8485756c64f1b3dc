import { hostPath, relativePath } from "../document/host-path.js";
import { entries, isMapping, type Node } from "../document/node.js";
import { anything, listOf, text, writtenOf, type Writer } from "./writer.js";

type PathOf = (node: Node, path: string) => string | null;

/** The whole path of a file that is named; a key may stand there itself. */
const file =
  (pathOf: PathOf): Writer =>
  (node) => {
    const named = text(node);
    return named === undefined || named.includes("-----BEGIN ") ? named : (pathOf(node, named) ?? undefined);
  };

const written: Readonly<Record<string, Writer>> = {
  reload: keysOver({ paths: listOf(file(hostPath)) }),
  verify: keysOver({ cosign: keysOver({ keys: listOf(file(relativePath)), trustedRootFile: file(relativePath) }) }),
};

/** `x-fairlead` as it stands there, but for the files that it names: elsewhere they are others. */
export const fairleadExtension: Writer = keysOver(written);

/** What stands there, some of its keys written in a way of their own. */
function keysOver(writers: Readonly<Record<string, Writer>>): Writer {
  const own = new Map(Object.entries(writers));
  return (node) =>
    isMapping(node.value)
      ? writtenOf(entries(node).map(([key, at]) => [key, (own.get(key) ?? anything)(at)]))
      : anything(node);
}
