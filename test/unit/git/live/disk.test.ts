import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { NodeLiveDisk } from "../../../../src/git/live/disk.js";
import { liveDiskContract, type LiveDiskBench } from "../../../contract/disks/live-disk.js";
import { SimulatedLiveDisk } from "../../../simulator/live-disk.js";

const idOf = (content: string) =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");

async function real(): Promise<LiveDiskBench> {
  const base = await mkdtemp(join(tmpdir(), "fairlead-live-disk-"));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const root = join(base, "work");
  await mkdir(root);
  const at = async (path: string) => {
    const whole = join(root, path);
    await mkdir(dirname(whole), { recursive: true });
    return whole;
  };
  return {
    disk: new NodeLiveDisk({ root, folder: join(base, "live"), idLength: () => 40 }),
    original: async (content, executable = false) => {
      const id = idOf(content);
      const from = join(base, id);
      await writeFile(from, content);
      return { from, print: `${executable ? "exec" : "file"}:${id}` };
    },
    linkPrint: (target) => `link:${idOf(target)}`,
    write: async (path, content) => writeFile(await at(path), content),
    replaceBy: async (path, content) => {
      await writeFile(join(base, "next"), content);
      await rename(join(base, "next"), await at(path));
    },
    remove: (path) => rm(join(root, path)),
    putLink: async (path, target) => symlink(target, await at(path)),
    putPipe: async (path) => {
      await promisify(execFile)("mkfifo", [await at(path)]);
    },
    putFolder: async (path) => {
      await mkdir(await at(path));
    },
    content: (path) => readFile(join(root, path), "utf8").catch(() => undefined),
    kept: (where) => readFile(where, "utf8"),
  };
}

function simulated(): Promise<LiveDiskBench> {
  const disk = new SimulatedLiveDisk();
  const sync = <T>(work: () => T) => Promise.resolve(work());
  return Promise.resolve({
    disk,
    original: (content, executable = false) =>
      sync(() => ({ from: content, print: SimulatedLiveDisk.print(content, executable) })),
    linkPrint: (target) => `link:${target}`,
    write: (path, content) =>
      sync(() => {
        disk.write(path, content);
      }),
    replaceBy: (path, content) =>
      sync(() => {
        disk.replaceBy(path, content);
      }),
    remove: (path) =>
      sync(() => {
        disk.removeFile(path);
      }),
    putLink: (path, target) =>
      sync(() => {
        disk.put(path, "link", target);
      }),
    putPipe: (path) =>
      sync(() => {
        disk.put(path, "other", "");
      }),
    putFolder: (path) =>
      sync(() => {
        disk.putFolder(path);
      }),
    content: (path) => sync(() => disk.content(path)),
    kept: (where) => sync(() => disk.kept[Number(where.split("~").at(-1))]?.content ?? ""),
  });
}

liveDiskContract("real", real);
liveDiskContract("simulated", simulated);
