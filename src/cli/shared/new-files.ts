import { randomBytes } from "node:crypto";
import { access, chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FairleadError } from "../../errors.js";
import type { Secret } from "../../tools/secret.js";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface NewFile {
  readonly path: string;
  /** What stands in it, piece by piece. */
  readonly parts: readonly (string | Secret)[];
  /** Readable by its owner alone. */
  readonly isPrivate: boolean;
  /** Absent: whoever writes it. */
  readonly owner?: Owner | undefined;
}

/** Throws FairleadError ConfigInvalid with all of them that exist. */
export async function refuseExisting(paths: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (const path of paths) if (await exists(path)) found.push(path);
  if (found.length === 0) return;
  const all = `${found.join(", ")} ${found.length === 1 ? "exists" : "exist"}`;
  throw new FairleadError("ConfigInvalid", `${all}; nothing was written`, { remedy: "name another, or say --force" });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Writes all of them or none, as far as a disk allows: each is written beside its place first. What was there is replaced.
 * Throws FairleadError ConfigInvalid.
 */
export async function writeFiles(files: readonly NewFile[]): Promise<void> {
  const mark = `.${randomBytes(4).toString("hex")}.new`;
  try {
    for (const { path, parts, isPrivate, owner } of files) {
      await makeFolder(dirname(path), isPrivate ? { mode: 0o700, owner } : { mode: 0o755 });
      await writeFile(path + mark, textOf(parts), { flag: "wx", mode: isPrivate ? 0o600 : 0o644 });
      if (owner !== undefined) await chown(path + mark, owner.uid, owner.gid);
    }
    for (const { path } of files) await rename(path + mark, path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FairleadError("ConfigInvalid", `${message.replace(mark, "")}; nothing was written`, {
      cause,
      remedy:
        code === "EACCES" || code === "EPERM" || code === "EROFS"
          ? "run it as a user who may write there, such as root (sudo), or name another place"
          : "mend that, or name another place",
    });
  } finally {
    for (const { path } of files) await rm(path + mark, { force: true });
  }
}

/** Not by Node's own `recursive`, which never ends in a folder that takes none, such as /proc. */
async function makeFolder(
  path: string,
  wanted: { readonly mode: number; readonly owner?: Owner | undefined },
): Promise<void> {
  try {
    await mkdir(path, { mode: wanted.mode });
    if (wanted.owner !== undefined) await chown(path, wanted.owner.uid, wanted.owner.gid);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || (await exists(dirname(path)))) throw thrown;
    await makeFolder(dirname(path), { mode: 0o755 });
    await makeFolder(path, wanted);
  }
}

function textOf(parts: readonly (string | Secret)[]): string {
  return parts.map((part) => (typeof part === "string" ? part : part.reveal())).join("");
}
