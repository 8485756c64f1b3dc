import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Whole or not at all, whenever the power goes. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await sync(dirname(path));
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
    await sync(to);
  }
  await sync(dirname(to));
}

/** Any user of a container may read it, whatever our umask is. */
async function settle(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isDirectory()) await settle(path);
    else if (found.isFile()) {
      await chmod(path, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
      await sync(path);
    }
  }
  await chmod(folder, 0o755);
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
