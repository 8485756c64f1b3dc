import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf, writeFault, type FileFault } from "./file-fault.js";

export interface FolderOptions {
  readonly mode: number;
  /** Of folders above that are missing too; default: the same. */
  readonly modeAbove?: number;
  /** Called when the folder itself has been made. */
  readonly onMade?: () => Promise<void>;
}

/**
 * Makes what is missing. Not by Node's own `recursive`, which never ends in a folder that takes none, such as /proc. Throws
 * as `node:fs` does.
 */
export async function makeFolder(path: string, options: FolderOptions): Promise<void> {
  const { mode, modeAbove = mode, onMade } = options;
  try {
    await mkdir(path, { mode });
    await onMade?.();
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "EEXIST" && (await isDirectory(path))) return;
    if (code !== "ENOENT" || dirname(path) === path || (await isThere(dirname(path)))) throw thrown;
    await makeFolder(dirname(path), { mode: modeAbove });
    await makeFolder(path, options);
  }
}

/** What the kernel makes up as it is read: nothing that is written there lasts. */
export function whyNoDisk(path: string): FileFault | undefined {
  if (!/^\/(?:proc|sys)(?:\/|$)/.test(resolve(path))) return undefined;
  return { message: `${path} is on no disk, and nothing can be kept there`, remedy: "name a directory on a disk" };
}

/**
 * Why no folder is or can be made at `path`, or, with `isWritten`, none that this user may write to, as far as that is seen
 * from outside; undefined: nothing is in its way. Changes nothing. A disk that is read-only or unwell is no reason: that may
 * pass.
 */
export async function whyNoFolder(path: string, isWritten = true): Promise<FileFault | undefined> {
  const noDisk = whyNoDisk(path);
  if (noDisk !== undefined) return noDisk;
  try {
    const found = await nearest(path);
    if (!(await isDirectory(found))) {
      return { message: `${found} is a file, not a directory`, remedy: "name a directory, or one that can be made" };
    }
    if (isWritten) await access(found, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (thrown) {
    const code = codeOf(thrown);
    const isRight = code === "EACCES" || code === "EPERM";
    return (isRight ? isWritten : lasting.has(code)) ? writeFault(path, thrown) : undefined;
  }
}

const lasting: ReadonlySet<string | undefined> = new Set([
  ...["ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"],
]);

/** It, or what is there above it. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (thrown) {
    const above = dirname(path);
    const code = codeOf(thrown);
    if ((code !== "ENOENT" && code !== "ENOTDIR") || above === path) throw thrown;
    return nearest(above);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
