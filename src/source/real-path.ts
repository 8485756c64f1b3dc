import { lstat, readlink, realpath } from "node:fs/promises";
import { posix } from "node:path";

const mostLinks = 40;

/** A path without its links; of what is not there, as far as it is. Undefined: it cannot be told. */
export async function realPath(path: string, links = mostLinks): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (thrown) {
    if (!isMissing(thrown) || links === 0 || path === "/") return undefined;
  }
  const folder = await realPath(posix.dirname(path), links - 1);
  if (folder === undefined) return undefined;
  const inFolder = posix.join(folder, posix.basename(path));
  const target = await readlink(inFolder).catch(() => undefined);
  // A link to what is not there yet leads there all the same.
  return target === undefined ? inFolder : realPath(posix.resolve(folder, target), links - 1);
}

export async function isHere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR");
}
