import { describe, expect, it } from "vitest";
import type { Entry } from "../../../../src/control/journal/entry.js";
import { Journal } from "../../../../src/control/journal/journal.js";
import { silentLog } from "../../../../src/console/log.js";
import { SimulatedDisk } from "../../../simulator/disk.js";
import { hold } from "./stage.js";

const key = "shop/web" as const;

function followed(journal: Journal): Entry[] {
  const entries: Entry[] = [];
  journal.follow((entry) => entries.push(entry));
  return entries;
}

describe("whoever follows the journal", () => {
  it("is handed what people are told of, what was there and what comes, each once", async () => {
    const journal = await Journal.open("/data", silentLog, { disk: new SimulatedDisk() });
    await journal.append({ type: "pause", at: 1, key });
    await journal.append({ type: "revision", at: 2, key, revision: 3 });
    const entries = followed(journal);
    await journal.append({ type: "resume", at: 3, key });
    expect(entries.map(({ type }) => type)).toEqual(["pause", "resume"]);
  });

  it("is handed it over any number of fresh segments and restarts, and nothing of it counts twice", async () => {
    const disk = new SimulatedDisk();
    const all: Entry[] = [];
    const note = async (journal: Journal, entry: Entry) => {
      all.push(entry);
      await journal.append(entry);
    };
    for (let life = 0; life < 4; life += 1) {
      const journal = await Journal.open("/data", silentLog, { disk });
      expect(followed(journal)).toEqual(all);
      await note(journal, { ...hold("c", life * 10), logs: [] });
      await note(journal, { type: "pause", at: life * 10 + 1, key });
      await note(journal, { type: "resume", at: life * 10 + 2, key });
      // A segment is full of what nobody is told.
      const files = Array.from({ length: 200 }, (_, index) => [
        `/f${index}`,
        { identity: "i".repeat(80), content: "c" },
      ]);
      for (let count = 0; count < 80; count += 1) {
        const mounted = { container: `c${count}`, startedAt: 1, files: Object.fromEntries(files) as never };
        await journal.append({ type: "mounted", at: 5, key: "shop/other", ...mounted });
      }
      expect(journal.record(key).failures).toHaveLength(Math.min(3, life + 1));
      expect(journal.record(key).memory.pausedAt).toBeUndefined();
      await journal.close();
    }
    const names = await disk.list("/data/journal");
    expect(names.length).toBeLessThanOrEqual(2);
    expect(Number(names[0]?.name.slice(0, 8)), "there were fresh ones").toBeGreaterThan(2);
  });
});
