import { chmod, lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncPath } from "../../tools/files/replace-file.js";

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Moves a folder into its place once all of it is on the disk. Where that is there already, what is in it stays, and what is
 * not in it comes there.
 */
export async function moveWhole(from: string, to: string): Promise<void> {
  await settle(from);
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  try {
    await rename(from, to);
  } catch (thrown) {
    if (!(await exists(to))) throw thrown;
    for (const name of await readdir(from)) {
      if (!(await exists(join(to, name)))) await rename(join(from, name), join(to, name));
    }
    await rm(from, { recursive: true, force: true });
    await syncPath(to);
  }
  await syncPath(dirname(to));
}

/** Any user of a container may read it, whatever our umask is. */
async function settle(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isDirectory()) await settle(path);
    else if (found.isFile()) {
      await chmod(path, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
      await syncPath(path);
    }
  }
  await chmod(folder, 0o755);
  await syncPath(folder);
}
