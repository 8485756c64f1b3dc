import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { nodeDisk } from "../../../../../src/control/journal/disk/node-disk.js";
import { inspectJournal } from "../../../../../src/control/journal/inspect/segments.js";
import { entryLine, stateLine } from "../../../../../src/control/journal/line.js";
import type { Entry } from "../../../../../src/control/journal/entry.js";
import { applyEntry, emptyRecord } from "../../../../../src/control/journal/record.js";
import { silentLog } from "../../../../../src/console/log.js";
import { hold, openJournal, ownDirectory, segmentsOf } from "../stage.js";

const start = Date.UTC(2026, 0, 31);

/** A segment of so many decisions, with how a service stood in its midst, as lines with their breaks. */
function segment(count: number, from = start): readonly string[] {
  const decisions = Array.from({ length: count }, (_, index): Entry => {
    const at = from + index * 1_000;
    return index % 3 === 0 ? hold((index % 10).toString(16), at) : { type: "pause", at, key: "shop/web" };
  });
  const record = decisions.reduce(applyEntry, emptyRecord);
  return [stateLine("shop/web", record), ...decisions.map(entryLine)];
}

async function written(...segments: readonly (string | Buffer)[]): Promise<string> {
  const data = await ownDirectory();
  await mkdir(join(data, "journal"));
  for (const [index, text] of segments.entries()) {
    await writeFile(join(data, "journal", `0000000${index + 1}.jsonl`), text);
  }
  return data;
}

it("finds nothing wrong with what a controller has written, and says what it holds", async () => {
  const data = await ownDirectory();
  const journal = await openJournal(data, silentLog);
  await journal.append(hold("a", start));
  await journal.append({ type: "pause", at: start + 5, key: "shop/db" });
  const told: string[] = [];
  const { files, oddities, putAside } = await inspectJournal(nodeDisk, data, (entry) => told.push(entry.type));
  expect([oddities, putAside, told]).toEqual([[], [], ["hold", "pause"]]);
  expect(files).toMatchObject([
    {
      lines: { decisions: 2 },
      from: "2026-01-31T00:00:00.000Z",
      to: "2026-01-31T00:00:00.005Z",
      lost: [],
      oddities: [],
    },
  ]);
});

it("where there is no journal there is nothing to find", async () => {
  expect(await inspectJournal(nodeDisk, await ownDirectory())).toEqual({ files: [], oddities: [], putAside: [] });
});

it("whatever bytes are changed, exactly the lines that have them are lost, and told by line and byte", async () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (count, changes) => {
        const lines = segment(count);
        const bytes = Buffer.from(lines.join(""));
        const ends = lines.map((_, index) => Buffer.byteLength(lines.slice(0, index + 1).join("")));
        const hit = new Set<number>();
        for (const [pick, mask] of changes) {
          const at = pick % bytes.length;
          // A line break that goes joins two lines, one that comes cuts a line in two: these have tests of their own.
          if (bytes[at] === 10 || ((bytes[at] ?? 0) ^ mask) === 10) continue;
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          const line = ends.findIndex((end) => at < end);
          if (bytes.subarray(ends[line - 1] ?? 0, ends[line]).equals(Buffer.from(lines[line] ?? ""))) hit.delete(line);
          else hit.add(line);
        }
        const { files } = await inspectJournal(nodeDisk, await written(bytes));
        const [found] = files;
        const lost = (found?.lost ?? []).flatMap((one) =>
          Array.from({ length: one.lines }, (_, index) => one.line - 1 + index),
        );
        expect(lost).toEqual([...hit].sort((one, other) => one - other));
        for (const one of found?.lost ?? []) {
          expect(one.byte).toBe(ends[one.line - 2] ?? 0);
          expect(one.bytes).toBe((ends[one.line - 2 + one.lines] ?? 0) - one.byte);
        }
        expect(found?.lines.decisions).toBe(count - [...hit].filter((line) => line > 0).length);
      },
    ),
    { numRuns: 60 },
  );
});

it("wherever the file is cut, what stands before is good, and a line that is torn is told", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(), async (count, pick) => {
      const bytes = Buffer.from(segment(count).join(""));
      const kept = bytes.subarray(0, 1 + (pick % (bytes.length - 1)));
      const { files } = await inspectJournal(nodeDisk, await written(kept));
      const whole = kept.toString().split("\n").length - 1;
      const isTorn = kept.at(-1) !== 10;
      // What lacks nothing but its line break is a whole line.
      const isComplete = isTorn && bytes[kept.length] === 10;
      expect(files[0]?.lost.map(({ what, line }) => [what, line])).toEqual(
        isTorn && !isComplete ? [["torn", whole + 1]] : [],
      );
    }),
    { numRuns: 60 },
  );
});

it("a line that is there twice is told", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(), async (count, pick) => {
      const lines = segment(count);
      const which = pick % lines.length;
      const twice = [...lines.slice(0, which + 1), ...lines.slice(which)];
      const { files } = await inspectJournal(nodeDisk, await written(twice.join("")));
      expect([files[0]?.oddities, files[0]?.lost]).toEqual([[`line ${which + 2} is there twice`], []]);
    }),
    { numRuns: 20 },
  );
});

it("lines that have changed places can all be read", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...segment(6)], { minLength: 7, maxLength: 7 }), async (lines) => {
      const { files } = await inspectJournal(nodeDisk, await written(lines.join("")));
      expect([files[0]?.lines, files[0]?.lost]).toEqual([{ states: 1, decisions: 6, past: 0 }, []]);
    }),
    { numRuns: 20 },
  );
});

it("segments that have changed places are told, and one that is missing", async () => {
  const [first, second] = [segment(3).join(""), segment(3, start + 60_000).join("")];
  const { oddities } = await inspectJournal(nodeDisk, await written(second, first));
  expect(oddities).toEqual([
    "00000002.jsonl ends before 00000001.jsonl begins: they may have changed places, or a clock was set",
  ]);
  const data = await written(first, second);
  const [, last = ""] = await segmentsOf(data);
  await rename(last, last.replace("00000002", "00000004"));
  expect((await inspectJournal(nodeDisk, data)).oddities).toEqual(["segments 2 to 3 are missing"]);
});

it("says whether what is lost was in force: not where everything stands once more behind it", async () => {
  const spoiled = (lines: readonly string[], which: number) =>
    lines.map((line, index) => (index === which ? line.replace("shop/web", "shop/wob") : line)).join("");
  const [state = "", one = "", two = "", three = ""] = segment(3);
  const older = await inspectJournal(nodeDisk, await written(spoiled([state, one, two], 1), [state, three].join("")));
  expect(older.files[0]?.lost).toMatchObject([
    { line: 2, inForce: "nothing", kinds: ["hold"], services: ["shop/wob"] },
  ]);
  const before = await inspectJournal(nodeDisk, await written(spoiled([one, two, state, three], 0)));
  expect(before.files[0]?.lost).toMatchObject([{ line: 1, inForce: "nothing" }]);
  const behind = await inspectJournal(nodeDisk, await written(spoiled([state, one, two, three], 2)));
  expect(behind.files[0]?.lost).toMatchObject([
    {
      line: 3,
      what: "damaged",
      inForce: "perhaps",
      after: "2026-01-31T00:00:00.000Z",
      before: "2026-01-31T00:00:02.000Z",
    },
  ]);
});

it("a file that the disk does not give is told with what the disk says, and the others are read", async () => {
  const data = await written(segment(2).join(""), segment(2).join(""));
  const failing = {
    ...nodeDisk,
    async *read(file: string, offset?: number) {
      if (file.endsWith("1.jsonl")) throw new Error("EIO: i/o error, read");
      yield* nodeDisk.read(file, offset);
    },
  };
  const { files } = await inspectJournal(failing, data);
  expect(files[0]?.lost).toMatchObject([{ what: "unreadable", why: "EIO: i/o error, read", inForce: "nothing" }]);
  expect(files[1]).toMatchObject({ lines: { decisions: 2 }, lost: [] });
});

it("changes nothing on the disk", async () => {
  const data = await written(Buffer.from(segment(3).join("")).subarray(0, -20));
  const [file = ""] = await segmentsOf(data);
  const copy = join(dirname(data), `${data.split("/").at(-1) ?? ""}-copy`);
  await copyFile(file, copy);
  await inspectJournal(nodeDisk, data);
  expect(await readFile(file)).toEqual(await readFile(copy));
  expect(await segmentsOf(data)).toHaveLength(1);
  await rename(copy, join(data, "copy"));
});
