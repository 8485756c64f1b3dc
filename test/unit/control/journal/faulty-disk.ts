import type { Disk, DiskFile } from "../../../../src/control/journal/disk/disk.js";
import { nodeDisk } from "../../../../src/control/journal/disk/node-disk.js";

type Call = keyof Disk | keyof DiskFile;

export interface FaultyDisk extends Disk {
  /** These calls answer nothing until they are let go. */
  hang(...calls: Call[]): void;
  letGo(): void;
  /** How many calls hang. */
  readonly hanging: () => number;
  /** These calls fail as the kernel says it; a write leaves half of its bytes behind. */
  refuse(code: string, ...calls: Call[]): void;
  heal(): void;
  /** Of all writes. */
  readonly bytes: () => number;
  /** How many files were opened, and how many of them are not closed. */
  readonly opened: () => number;
  readonly left: () => number;
}

/** The real disk, with faults that a test asks for. */
export function faultyDisk(): FaultyDisk {
  const state = { hanging: new Set<Call>(), refused: new Map<Call, string>(), waiting: [] as (() => void)[], bytes: 0 };
  const files = { opened: 0, closed: 0 };
  const pass = async (call: Call): Promise<void> => {
    if (state.hanging.has(call)) await new Promise<void>((resolve) => state.waiting.push(resolve));
    const code = state.refused.get(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${call}`), { code });
  };
  const guarded =
    <A extends unknown[], T>(call: Call, act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await pass(call);
      return act(...args);
    };
  return {
    makeDirectory: guarded("makeDirectory", (path: string) => nodeDisk.makeDirectory(path)),
    list: guarded("list", (directory: string) => nodeDisk.list(directory)),
    async *read(file, offset) {
      for await (const piece of nodeDisk.read(file, offset)) {
        await pass("read");
        yield piece;
      }
    },
    async open(path) {
      await pass("open");
      const file = await nodeDisk.open(path);
      files.opened += 1;
      return {
        identity: file.identity,
        async write(text) {
          await pass("write").catch(async (thrown: unknown) => {
            await file.write(text.slice(0, text.length / 2));
            throw thrown;
          });
          await file.write(text);
          state.bytes += Buffer.byteLength(text);
        },
        sync: guarded("sync", () => file.sync()),
        truncate: guarded("truncate", (bytes: number) => file.truncate(bytes)),
        close: guarded("close", () => {
          files.closed += 1;
          return file.close();
        }),
      };
    },
    identity: guarded("identity", (file: string) => nodeDisk.identity(file)),
    rename: guarded("rename", (from: string, to: string) => nodeDisk.rename(from, to)),
    remove: guarded("remove", (file: string) => nodeDisk.remove(file)),
    syncDirectory: guarded("syncDirectory", (directory: string) => nodeDisk.syncDirectory(directory)),
    hang: (...calls) => {
      for (const call of calls) state.hanging.add(call);
    },
    hanging: () => state.waiting.length,
    letGo: () => {
      state.hanging.clear();
      for (const resume of state.waiting.splice(0)) resume();
    },
    refuse: (code, ...calls) => {
      for (const call of calls) state.refused.set(call, code);
    },
    heal: () => {
      state.refused.clear();
    },
    bytes: () => state.bytes,
    opened: () => files.opened,
    left: () => files.opened - files.closed,
  };
}
