import { readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Entry } from "../../../../src/control/journal/entry.js";
import type { Journal } from "../../../../src/control/journal/journal.js";
import { applyEntry, emptyRecord } from "../../../../src/control/journal/record.js";
import type { ServiceRecord } from "../../../../src/control/journal/record.js";
import { silentLog } from "../../../../src/console/log.js";
import { digest, hold, openJournal, ownDirectory, putAsideIn, segmentsOf } from "./stage.js";
import { asDigest } from "../../../../src/compose/values/image.js";
import type { ImageId } from "../../../../src/compose/values/image.js";

const key = fc.constantFrom("shop/web" as const, "shop/db" as const);
const entry: fc.Arbitrary<Entry> = fc
  .tuple(key, fc.nat(1_000_000), fc.nat(20), fc.string({ unit: "grapheme" }))
  .chain(([of, at, pick, text]) => {
    const common = { key: of, at };
    const some = `sha256:${pick.toString(16).padStart(64, "0")}` as const;
    return fc.constantFrom<Entry>(
      { ...hold("b", at), key: of, digest: some, message: text, logs: [text, "last"] },
      { ...common, type: "retry" },
      { ...common, type: "pause" },
      { ...common, type: "resume" },
      { ...common, type: "stable", digest: some, specHash: text },
      { ...common, type: "pin", revision: pick, digest: some, specHash: "H", image: "demo/web:1" },
      { ...common, type: "approve", digest: some, specHash: text },
      { ...common, type: "seen", digest: some },
      { ...common, type: "verified", proof: text },
      { ...common, type: "same-content", digest: asDigest(some), as: digest },
      { ...common, type: "leaving", container: text, stage: "left", forMs: pick },
      { ...common, type: "post-start", container: text, startedAt: at },
      {
        ...common,
        type: "adopt",
        container: text,
        name: "n",
        restart: { name: "no", maximumRetryCount: 0 },
        digest: some,
      },
      { ...common, type: "built", inputs: text, beganAt: at, image: some as ImageId },
      { ...common, type: "resolved", image: text, digest: asDigest(some) },
      { ...common, type: "promoted", tag: "demo/web:latest", digest: asDigest(some) },
      { ...common, type: "step", run: "r", text },
      { ...common, type: "forget" },
    );
  });
const history = fc.array(entry, { minLength: 1, maxLength: 12 });

function told(entries: readonly Entry[]): ReadonlyMap<string, ServiceRecord> {
  const records = new Map<string, ServiceRecord>();
  for (const one of entries) records.set(one.key, applyEntry(records.get(one.key) ?? emptyRecord, one));
  return records;
}

async function expectRecords(journal: Journal, entries: readonly Entry[]): Promise<void> {
  const records = told(entries);
  for (const of of ["shop/web", "shop/db"] as const) expect(journal.record(of)).toEqual(records.get(of) ?? emptyRecord);
  await Promise.resolve();
}

async function written(entries: readonly Entry[]): Promise<{ data: string; file: string; bytes: Buffer }> {
  const data = await ownDirectory();
  const journal = await openJournal(data, silentLog);
  expect(await Promise.all(entries.map((one) => journal.append(one)))).not.toContain(false);
  await journal.close();
  const [file = ""] = await segmentsOf(data);
  return { data, file, bytes: await readFile(file) };
}

/** Whose line, each with its own line break, lies in a range of bytes. */
function linesWithin(bytes: Buffer, from: number, to: number): ReadonlySet<number> {
  const hit = new Set<number>();
  let line = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at >= from && at < to) {
      hit.add(line);
      // Without the break between them, two lines are one that nobody wrote.
      if (bytes[at] === 10) hit.add(line + 1);
    }
    if (bytes[at] === 10) line += 1;
  }
  return hit;
}

it(
  "cut off anywhere, it keeps every whole line, and takes new ones that are kept too",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, history, fc.double({ min: 0, max: 1, noNaN: true }), async (entries, more, where) => {
        const { data, file, bytes } = await written(entries);
        const cut = Math.round(bytes.length * where);
        await writeFile(file, bytes.subarray(0, cut));
        // A line that lacks only its break is whole.
        const whole = entries.filter((_one, index) => {
          const end = bytes
            .toString("latin1")
            .split("\n")
            .slice(0, index + 1)
            .join("\n").length;
          return end <= cut;
        });
        const journal = await openJournal(data, silentLog);
        await expectRecords(journal, whole);
        for (const one of more) expect(await journal.append(one)).toBe(true);
        await journal.close();
        await expectRecords(await openJournal(data, silentLog), [...whole, ...more]);
        for (const segment of await segmentsOf(data)) {
          const lines = (await readFile(segment, "utf8")).split("\n").filter((line) => line !== "");
          for (const line of lines) expect(line.match(/"crc":/g)).toHaveLength(1);
        }
      }),
      { numRuns: 40 },
    );
  },
);

it(
  "with bytes overwritten anywhere, it keeps every other line and puts the damaged ones aside",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        history,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (entries, more, where, garbage) => {
          const { data, file, bytes } = await written(entries);
          const at = Math.floor(bytes.length * where);
          const damaged = Buffer.from(bytes);
          damaged.set(garbage.subarray(0, bytes.length - at), at);
          const changed = [...damaged].findIndex((byte, index) => byte !== bytes[index]);
          const last = [...damaged].findLastIndex((byte, index) => byte !== bytes[index]);
          await writeFile(file, damaged);
          const hit = changed < 0 ? new Set<number>() : linesWithin(bytes, changed, last + 1);
          const whole = entries.filter((_one, index) => !hit.has(index));
          const journal = await openJournal(data, silentLog);
          // A break that is lost at the very end of the file costs nothing.
          const lostEnd = changed === bytes.length - 1;
          if (!lostEnd) await expectRecords(journal, whole);
          if (hit.size > 0 && whole.length < entries.length) expect((await putAsideIn(data)).length).toBeGreaterThan(0);
          const before = { web: journal.record("shop/web"), db: journal.record("shop/db") };
          for (const one of more) expect(await journal.append(one)).toBe(true);
          await journal.close();
          const again = await openJournal(data, silentLog);
          const after = new Map<string, ServiceRecord>([
            ["shop/web", before.web],
            ["shop/db", before.db],
          ]);
          for (const one of more) after.set(one.key, applyEntry(after.get(one.key) ?? emptyRecord, one));
          expect({ web: again.record("shop/web"), db: again.record("shop/db") }).toEqual({
            web: after.get("shop/web"),
            db: after.get("shop/db"),
          });
        },
      ),
      { numRuns: 40 },
    );
  },
);
