import { constants } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { whyOfOthers } from "../../tools/files/others.js";

const whyNotRun: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file: put it there, or mount it where Fairlead runs in a container",
  ENOTDIR: "there is no such file: put it there, or mount it where Fairlead runs in a container",
  EACCES: "this user may not run it: chmod +x it, and see that its folders may be entered",
  EAGAIN: "this host takes no further processes: see the limits of Fairlead's user",
  EMFILE: "Fairlead has too many files open: raise its limit (ulimit -n)",
  E2BIG: "its arguments and variables are too large together",
};

/** What a failed start means, and what to do. */
export function startFault(code: string): string {
  return whyNotRun[code] ?? `it could not be started (${code})`;
}

/**
 * Why this program is not to be run, with what to do. Undefined: it may be. It gets all that this process may do: so nobody else
 * may be able to change it, or to put another one in its place.
 */
export async function programFault(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return "it is no file: name the program itself";
    const folder = dirname(path);
    const above = await stat(folder);
    const isSticky = (above.mode & 0o1000) !== 0;
    const remedy = "make it yours alone (chown, chmod go-w)";
    const why = whyOfOthers(found, await lstat(path));
    if (why !== undefined) return `${why}: ${remedy}`;
    const whyFolder = isSticky ? undefined : whyOfOthers(above, above);
    if (whyFolder !== undefined)
      return `its folder ${folder} ${whyFolder === "belongs to another user" ? whyFolder : `is open: ${whyFolder}`}: ${remedy}`;
    await access(path, constants.X_OK);
    return undefined;
  } catch (thrown) {
    return startFault(thrown instanceof Error && "code" in thrown ? String(thrown.code) : "an error");
  }
}
