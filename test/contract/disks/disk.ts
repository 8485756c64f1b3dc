import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Disk } from "../../../src/control/journal/disk/disk.js";

export interface DiskBench {
  readonly disk: Disk;
  /** An empty directory. */
  readonly root: string;
  /** Puts a pipe there. */
  plant(path: string): Promise<void>;
}

/** What the journal relies on. */
export function diskContract(name: string, open: () => Promise<DiskBench>): void {
  describe(`a disk, ${name}`, () => {
    let bench: DiskBench;
    beforeEach(async () => {
      bench = await open();
    });
    const at = (...names: readonly string[]) => join(bench.root, ...names);
    const write = async (path: string, text: string) => {
      const file = await bench.disk.open(path);
      await file.write(text);
      await file.close();
    };
    const textOf = async (path: string, offset?: number) => {
      const pieces: Buffer[] = [];
      for await (const piece of bench.disk.read(path, offset)) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    };

    it("makes a directory with those above it, and one that is there is success", async () => {
      const { disk } = bench;
      await disk.makeDirectory(at("a", "b"));
      await disk.makeDirectory(at("a", "b"));
      await disk.makeDirectory(at("a"));
      expect(await disk.list(at("a"))).toMatchObject([{ name: "b", kind: "directory" }]);
      expect(await disk.list(at("a", "b"))).toEqual([]);
    });

    it("makes none where a file stands in its way or its place", async () => {
      const { disk } = bench;
      await write(at("file"), "x");
      await expect(disk.makeDirectory(at("file"))).rejects.toMatchObject({ code: "EEXIST" });
      await expect(disk.makeDirectory(at("file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
      await expect(disk.list(at("file"))).rejects.toMatchObject({ code: "ENOTDIR" });
      await expect(disk.open(at("file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
    });

    it("lists what is there, with the size of files, and nothing where there is no directory", async () => {
      const { disk } = bench;
      await write(at("file"), "grün");
      await disk.makeDirectory(at("folder"));
      await bench.plant(at("pipe"));
      const found = [...(await disk.list(bench.root))].sort((one, other) => (one.name < other.name ? -1 : 1));
      expect(found.map(({ name: each, kind }) => [each, kind])).toEqual([
        ["file", "file"],
        ["folder", "directory"],
        ["pipe", "other"],
      ]);
      expect(found[0]?.bytes).toBe(5);
      expect(await disk.list(at("nowhere"))).toEqual([]);
    });

    it("appends, whoever else does, and reads from where it is told in pieces of bounded size", async () => {
      const { disk } = bench;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.boolean(), fc.string({ unit: "grapheme", maxLength: 20 })), { maxLength: 10 }),
          fc.nat(60),
          async (writes, offset) => {
            await disk.remove(at("log"));
            const [one, other] = [await disk.open(at("log")), await disk.open(at("log"))];
            for (const [first, text] of writes) await (first ? one : other).write(text);
            await Promise.all([one.sync(), one.close(), other.close()]);
            const whole = Buffer.from(writes.map(([, text]) => text).join(""));
            expect(await textOf(at("log"))).toBe(whole.toString());
            expect(await textOf(at("log"), offset)).toBe(whole.subarray(offset).toString());
          },
        ),
        { numRuns: 20 },
      );
      const large = "0123456789".repeat(200_000);
      await write(at("large"), large);
      for await (const piece of disk.read(at("large"))) expect(piece.length).toBeLessThanOrEqual(1024 * 1024);
      expect(await textOf(at("large"))).toBe(large);
    });

    it("cuts a file, and what is written then stands at its new end", async () => {
      const file = await bench.disk.open(at("log"));
      await file.write("whole\ntorn");
      await file.truncate(6);
      await file.write("next\n");
      await file.close();
      expect(await textOf(at("log"))).toBe("whole\nnext\n");
    });

    it("tells a file from another one that has taken its name, while that one is open", async () => {
      const { disk } = bench;
      const file = await disk.open(at("log"));
      expect(await disk.identity(at("log"))).toBe(file.identity);
      await disk.rename(at("log"), at("moved"));
      expect(await disk.identity(at("moved"))).toBe(file.identity);
      expect(await disk.identity(at("log"))).toBeUndefined();
      await write(at("log"), "another");
      expect(await disk.identity(at("log"))).not.toBe(file.identity);
      await file.write("the first");
      await disk.remove(at("moved"));
      await file.write(", which nobody sees any more");
      await file.close();
      expect(await textOf(at("log"))).toBe("another");
    });

    it("puts one file in another one's place, and moves directories", async () => {
      const { disk } = bench;
      await write(at("fresh"), "fresh");
      await write(at("old"), "old");
      await disk.rename(at("fresh"), at("old"));
      expect(await textOf(at("old"))).toBe("fresh");
      await disk.makeDirectory(at("folder", "below"));
      await disk.rename(at("folder"), at("elsewhere"));
      expect(await disk.list(at("elsewhere"))).toMatchObject([{ name: "below" }]);
      await expect(disk.rename(at("nowhere"), at("x"))).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("removes a file, one that is gone is success, and never a directory", async () => {
      const { disk } = bench;
      await write(at("file"), "x");
      await disk.remove(at("file"));
      await disk.remove(at("file"));
      await disk.makeDirectory(at("folder"));
      await expect(disk.remove(at("folder"))).rejects.toThrow();
      expect(await disk.list(bench.root)).toMatchObject([{ name: "folder" }]);
    });

    it("refuses at once what is no plain file, and what is not there", async () => {
      const { disk } = bench;
      await bench.plant(at("pipe"));
      await disk.makeDirectory(at("folder"));
      for (const path of [at("pipe"), at("folder")]) {
        await expect(textOf(path)).rejects.toThrow();
        await expect(disk.open(path)).rejects.toThrow();
      }
      await expect(textOf(at("nowhere"))).rejects.toMatchObject({ code: "ENOENT" });
      await expect(disk.open(at("nowhere", "file"))).rejects.toMatchObject({ code: "ENOENT" });
      await expect(disk.syncDirectory(at("nowhere"))).rejects.toMatchObject({ code: "ENOENT" });
      await disk.syncDirectory(bench.root);
    });

    it("has nothing to do with a file that is closed", async () => {
      const file = await bench.disk.open(at("log"));
      await file.close();
      await expect(file.write("late")).rejects.toThrow();
      expect(await textOf(at("log"))).toBe("");
    });
  });
}
