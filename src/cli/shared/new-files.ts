import { randomBytes } from "node:crypto";
import { access, chown, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FairleadError } from "../../errors.js";
import { writeFault } from "../../tools/files/file-fault.js";
import { makeFolder, whyNoFolder } from "../../tools/files/folder.js";
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

/** `flag` has named a folder: throws FairleadError ConfigInvalid where there can be none. `isWritten`: by this user. */
export async function refuseNoFolder(flag: string, path: string, isWritten: boolean): Promise<void> {
  const fault = await whyNoFolder(path, isWritten);
  if (fault === undefined) return;
  throw new FairleadError("ConfigInvalid", `${flag}: ${fault.message}`, { remedy: fault.remedy });
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
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
    for (const file of files) {
      const { path, parts, isPrivate, owner } = file;
      await folderFor(file);
      await writeFile(path + mark, textOf(parts), { flag: "wx", mode: isPrivate ? 0o600 : 0o644 });
      if (owner !== undefined) await chown(path + mark, owner.uid, owner.gid);
    }
    for (const { path } of files) await rename(path + mark, path);
  } catch (cause) {
    const path = (cause as NodeJS.ErrnoException).path?.replace(mark, "") ?? "a file";
    const { message, remedy } = writeFault(path, cause);
    throw new FairleadError("ConfigInvalid", `${message}; nothing was written`, { cause, remedy });
  } finally {
    for (const { path } of files) await rm(path + mark, { force: true }).catch(() => undefined);
  }
}

async function folderFor({ path, isPrivate, owner }: NewFile): Promise<void> {
  const folder = dirname(path);
  if (!isPrivate) return makeFolder(folder, { mode: 0o755 });
  const onMade = async () => {
    if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  };
  return makeFolder(folder, { mode: 0o700, modeAbove: 0o755, onMade });
}

function textOf(parts: readonly (string | Secret)[]): string {
  return parts.map((part) => (typeof part === "string" ? part : part.reveal())).join("");
}
