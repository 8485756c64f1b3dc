import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

const { O_NOFOLLOW, O_RDWR } = constants;
const mostAtOnce = 256 * 1024;

/**
 * Makes a place hold what stands at `content`, a file or a folder, and nothing else. A file that is there is written in place: a
 * container that has mounted it keeps it. In a folder a file is replaced whole. `workshop` is a folder beside it, on the same
 * disk. Whoever is cut off does it again.
 */
export async function writePlace(path: string, content: string, workshop: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const isFolder = (await lstat(content)).isDirectory();
  if (isFolder) await mirror(content, path, workshop);
  else await writeFile(content, path, workshop);
}

async function writeFile(from: string, to: string, workshop: string): Promise<void> {
  const there = await lstat(to).catch(() => undefined);
  if (there?.isFile() !== true) {
    await replace(from, to, workshop);
    return;
  }
  const { mode } = await lstat(from);
  if (!(await isSame(from, to))) await overwrite(from, to);
  if ((there.mode & 0o777) !== (mode & 0o777)) await chmod(to, mode & 0o777);
}

/** Not cut first: whoever reads meanwhile finds no empty file. */
async function overwrite(from: string, to: string): Promise<void> {
  const [source, target] = [await open(from, "r"), await open(to, O_RDWR | O_NOFOLLOW)];
  try {
    const { size } = await target.stat();
    let length = 0;
    for await (const chunk of source.createReadStream({ highWaterMark: mostAtOnce, autoClose: false })) {
      await target.write(chunk as Buffer, 0, (chunk as Buffer).length, length);
      length += (chunk as Buffer).length;
    }
    if (size > length) await target.truncate(length);
    await target.sync();
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function mirror(from: string, to: string, workshop: string): Promise<void> {
  const there = await lstat(to).catch(() => undefined);
  if (there !== undefined && !there.isDirectory()) await rm(to);
  await mkdir(to, { recursive: true, mode: 0o755 });
  const wanted = await readdir(from, { withFileTypes: true });
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of await readdir(to)) {
    if (!names.has(name)) await rm(join(to, name), { recursive: true });
  }
  for (const entry of wanted) {
    const [one, other] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await mirror(one, other, workshop);
    else if (!(await isSame(one, other))) await replace(one, other, workshop);
  }
}

/** Whole or not at all. */
async function replace(from: string, to: string, workshop: string): Promise<void> {
  await mkdir(workshop, { recursive: true, mode: 0o700 });
  const temporary = join(workshop, "next");
  await rm(temporary, { force: true, recursive: true });
  const found = await lstat(from);
  if (found.isSymbolicLink()) await symlink(await readlink(from), temporary);
  else {
    await copyFile(from, temporary);
    await chmod(temporary, found.mode & 0o777);
    const handle = await open(temporary, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  const there = await lstat(to).catch(() => undefined);
  if (there?.isDirectory() === true) await rm(to, { recursive: true });
  await rename(temporary, to);
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [is, was] = await Promise.all([lstat(one), lstat(other).catch(() => undefined)]);
  if (was === undefined || is.isFile() !== was.isFile() || is.isSymbolicLink() !== was.isSymbolicLink()) return false;
  if (is.isSymbolicLink()) return (await readlink(one)) === (await readlink(other));
  if (is.size !== was.size || (is.mode & 0o100) !== (was.mode & 0o100)) return false;
  const [first, second] = await Promise.all([open(one, "r"), open(other, "r")]);
  try {
    const [left, right] = [Buffer.allocUnsafe(mostAtOnce), Buffer.allocUnsafe(mostAtOnce)];
    for (let at = 0; at < is.size; at += mostAtOnce) {
      const [a, b] = await Promise.all([first.read(left, 0, mostAtOnce, at), second.read(right, 0, mostAtOnce, at)]);
      if (a.bytesRead !== b.bytesRead || left.compare(right, 0, b.bytesRead, 0, a.bytesRead) !== 0) return false;
    }
    return true;
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
}
