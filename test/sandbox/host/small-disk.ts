import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("small-disk.sh", import.meta.url));

export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Leaves no room on it. */
  fill(): Promise<void>;
  /** Undoes `fill`. */
  free(): Promise<void>;
  /** Whoever writes on it from now on is held, and cannot be killed, until `thaw`. Only an ext4 can. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Nobody may have a file open for writing. */
  makeReadOnly(): Promise<void>;
  makeWritable(): Promise<void>;
  /** Thaws and unmounts it; also done when this process ends, however it does. */
  remove(): Promise<void>;
}

export interface SmallDiskOptions {
  readonly kib: number;
  readonly kind: "tmpfs" | "ext4";
}

/** A real file system of its own at `path`, which is made where it is not there. Needs root. */
export async function smallDisk(path: string, { kib, kind }: SmallDiskOptions): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  const args = [script, path, String(kib), ...(kind === "ext4" ? [`${path}.image`] : [])];
  const keeper = spawn("sh", args, { detached: true, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
  const exit = once(keeper, "exit");
  const errors: string[] = [];
  keeper.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const answer = async (wanted: string): Promise<void> => {
    const { value } = (await lines.next()) as { readonly value?: string };
    if (value !== wanted) throw new Error(`the disk at ${path}: ${value ?? "its keeper ended"}: ${errors.join("")}`);
  };
  const tell = async (what: string): Promise<void> => {
    keeper.stdin.write(`${what}\n`);
    await answer("done");
  };
  const filler = join(path, "filler");
  await answer("ready");
  return {
    path,
    fill: async () => {
      const { bavail, bsize } = await statfs(path);
      await writeFile(filler, Buffer.alloc(bavail * bsize));
    },
    free: () => rm(filler, { force: true }),
    freeze: () => tell("freeze"),
    thaw: () => tell("thaw"),
    makeReadOnly: () => tell("readonly"),
    makeWritable: () => tell("writable"),
    remove: async () => {
      keeper.stdin.end();
      await exit;
    },
  };
}
