import { beforeEach, describe, expect, it } from "vitest";
import { absent, type Found, type Print } from "../../../src/git/live/decision.js";
import { Refused, type LiveDisk, type Original } from "../../../src/git/live/port.js";
import { nothingLeft } from "../../../src/git/live/record.js";

/** A place where containers write, as a container has it. Paths are from its root on. */
export interface LiveDiskBench {
  readonly disk: LiveDisk;
  /** Something of git, and what it looks like. */
  original(content: string, executable?: boolean): Promise<Original>;
  linkPrint(target: string): Print;
  /** Into the same file, where there is one. */
  write(path: string, content: string): Promise<void>;
  /** Another file in its place. */
  replaceBy(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
  putLink(path: string, target: string): Promise<void>;
  putPipe(path: string): Promise<void>;
  putFolder(path: string): Promise<void>;
  /** Undefined: no file is there. */
  content(path: string): Promise<string | undefined>;
  /** Of what `keep` has answered. */
  kept(where: string): Promise<string>;
}

/** What the bringing of git's files relies on. */
export function liveDiskContract(name: string, open: () => Promise<LiveDiskBench>): void {
  describe(`a place where containers write, ${name}`, () => {
    let bench: LiveDiskBench;
    let disk: LiveDisk;
    beforeEach(async () => {
      bench = await open();
      ({ disk } = bench);
    });
    const nothing: Found = { kind: "held", print: absent };
    const held = async (content: string, executable = false): Promise<Found> => {
      return { kind: "held", print: (await bench.original(content, executable)).print };
    };
    const stage = async (as: string, content: string, path: string, executable?: boolean) =>
      disk.stage(as, await bench.original(content, executable), { path, executable });

    it("remembers its record, and begins with none", async () => {
      expect(await disk.readRecord()).toEqual(nothingLeft);
      const record = { ...nothingLeft, left: { a: [absent] }, yielded: ["a"] };
      await disk.writeRecord(record);
      expect(await disk.readRecord()).toEqual(record);
    });

    it("tells a file by what it holds and whether it may be executed, a folder, and what is neither", async () => {
      await bench.write("conf/a", "one");
      await bench.putPipe("pipe");
      await bench.putLink("link", "conf/a");
      expect(await disk.look("conf/a")).toEqual(await held("one"));
      await disk.setExecutable("conf/a", true);
      expect(await disk.look("conf/a")).toEqual(await held("one", true));
      await disk.setExecutable("conf/a", false);
      expect(await disk.look("conf/a")).toEqual(await held("one"));
      expect(await disk.look("conf")).toEqual({ kind: "folder" });
      expect(await disk.look("pipe")).toEqual({ kind: "other" });
      expect(await disk.look("link")).toEqual({ kind: "held", print: bench.linkPrint("conf/a") });
      for (const path of ["b", "conf/b", "no/folder/b"]) expect(await disk.look(path), path).toEqual(nothing);
    });

    it("goes through nothing that is no folder, links least of all", async () => {
      await bench.write("conf/a", "one");
      await bench.putLink("way", "conf");
      for (const by of ["conf/a", "way"]) {
        expect(await disk.look(`${by}/a`)).toEqual({ kind: "blocked", by });
        await stage("x", "new", `${by}/a`);
        expect(await disk.place("x", `${by}/a`)).toBe(false);
      }
      expect(await bench.content("conf/a")).toBe("one");
    });

    it("places where there is nothing, or a folder with nothing in it, and makes the folders on the way", async () => {
      await bench.write("there/a", "one");
      await bench.putFolder("empty/b");
      await bench.putPipe("pipe");
      for (const path of ["new", "deep/down/new", "empty/b"]) {
        await stage("x", path, path);
        expect(await disk.place("x", path), path).toBe(true);
        expect(await bench.content(path)).toBe(path);
        expect(await disk.lookAside("x")).toEqual(nothing);
      }
      for (const path of ["there", "there/a", "pipe"]) {
        await stage("x", "new", path);
        expect(await disk.place("x", path), path).toBe(false);
        expect(await disk.lookAside("x"), "it is still at hand").toEqual(await held("new"));
      }
      expect(await bench.content("there/a")).toBe("one");
      await disk.flush();
    });

    it("stages for the place where it is to be: executable as it says, or as that is", async () => {
      await bench.write("a", "one");
      await disk.setExecutable("a", true);
      await stage("x", "two", "a");
      expect(await disk.lookAside("x")).toEqual(await held("two", true));
      await stage("x", "two", "a", false);
      expect(await disk.lookAside("x")).toEqual(await held("two"));
      await stage("x", "two", "nowhere", true);
      expect(await disk.lookAside("x")).toEqual(await held("two", true));
      await disk.clear();
      expect(await disk.lookAside("x")).toEqual(nothing);
    });

    it("holds the very file, and copies what it holds at that moment", async () => {
      await bench.write("a", "one");
      expect(await disk.hold("a", "h")).toBe(true);
      await disk.copy("a", "c");
      await bench.write("a", "two");
      expect(await disk.lookAside("h")).toEqual(await held("two"));
      expect(await disk.lookAside("c")).toEqual(await held("one"));
      await bench.replaceBy("a", "three");
      expect(await disk.lookAside("h")).toEqual(await held("two"));
      // Once more, under the same name.
      expect(await disk.hold("a", "h")).toBe(true);
      expect(await disk.lookAside("h")).toEqual(await held("three"));
      expect(await bench.content("a")).toBe("three");
    });

    it("holds no folder", async () => {
      await bench.putFolder("a");
      expect(await disk.hold("a", "h")).toBe(false);
    });

    it("replaces what is held, or what holds the same, and nothing else", async () => {
      await bench.write("a", "one");
      await disk.hold("a", "h");
      await stage("x", "new", "a");
      await bench.replaceBy("a", "other");
      expect(await disk.replace("x", "a", "h")).toBe(false);
      expect(await bench.content("a")).toBe("other");
      await bench.replaceBy("a", "one");
      expect(await disk.replace("x", "a", "h")).toBe(true);
      expect(await bench.content("a")).toBe("new");
      expect(await disk.lookAside("x")).toEqual(nothing);
      await bench.remove("a");
      await stage("x", "new", "a");
      expect(await disk.replace("x", "a", "h")).toBe(false);
      expect(await bench.content("a")).toBeUndefined();
    });

    it("replaces what is held although it has been written to: whoever held it looks at it once more", async () => {
      await bench.write("a", "one");
      await disk.hold("a", "h");
      await stage("x", "new", "a");
      await bench.write("a", "written");
      expect(await disk.replace("x", "a", "h")).toBe(true);
      expect(await disk.lookAside("h")).toEqual(await held("written"));
    });

    it("removes what is held, or what holds the same, and nothing else", async () => {
      await bench.write("a", "one");
      await disk.hold("a", "h");
      await bench.replaceBy("a", "other");
      expect(await disk.remove("a", "h")).toBe(false);
      await bench.replaceBy("a", "one");
      expect(await disk.remove("a", "h")).toBe(true);
      expect(await disk.look("a")).toEqual(nothing);
      expect(await disk.remove("a", "h")).toBe(false);
      expect(await disk.lookAside("h")).toEqual(await held("one"));
    });

    it("overwrites the very file, longer or shorter, only where it holds what it did", async () => {
      await bench.write("a", "a rather long one");
      await disk.hold("a", "h");
      await disk.copy("a", "was");
      await stage("x", "short", "a");
      await bench.write("a", "by a container");
      expect(await disk.overwrite("a", "x", "was")).toBe(false);
      expect(await bench.content("a")).toBe("by a container");
      expect(await disk.overwrite("a", "x")).toBe(true);
      expect(await bench.content("a")).toBe("short");
      expect(await disk.lookAside("h"), "it is the same file").toEqual(await held("short"));
      await disk.copy("a", "was");
      await stage("x", "and longer again", "a");
      expect(await disk.overwrite("a", "x", "was")).toBe(true);
      expect(await bench.content("a")).toBe("and longer again");
    });

    it("knows what is partly the one and partly the other from anything else", async () => {
      await stage("was", "oooooooooo", "a");
      await stage("x", "nnnnnnnnnn", "a");
      for (const [content, torn] of [
        ["nnnnoooooo", true],
        ["oooooooooo", false],
        ["nnnnnnnnnn", false],
        ["a container's own", false],
      ] as const) {
        await bench.replaceBy("a", content);
        expect(await disk.isTorn("a", "x", "was"), content).toBe(torn);
      }
      await bench.remove("a");
      expect(await disk.isTorn("a", "x", "was")).toBe(false);
    });

    it("refuses what it cannot do where there is nothing any more, or a link", async () => {
      await stage("x", "new", "a");
      await bench.putLink("link", "elsewhere");
      await bench.write("elsewhere", "theirs");
      const attempts = {
        hold: () => disk.hold("a", "h"),
        copy: () => disk.copy("a", "c"),
        overwrite: () => disk.overwrite("a", "x"),
        setExecutable: () => disk.setExecutable("a", true),
        "overwrite a link": () => disk.overwrite("link", "x"),
        "setExecutable of a link": () => disk.setExecutable("link", true),
      };
      for (const [what, attempt] of Object.entries(attempts)) {
        await expect(attempt(), what).rejects.toBeInstanceOf(Refused);
      }
      expect(await bench.content("elsewhere")).toBe("theirs");
    });

    it("keeps for people, beside what was kept before", async () => {
      const places: string[] = [];
      for (const content of ["one", "two"]) {
        await stage("x", content, "conf/a");
        places.push(await disk.keep("x", "conf/a"));
        expect(await disk.lookAside("x")).toEqual(nothing);
      }
      expect(await Promise.all(places.map((where) => bench.kept(where)))).toEqual(["one", "two"]);
      await disk.clear();
      expect(await bench.kept(places[0] ?? "")).toBe("one");
    });
  });
}
