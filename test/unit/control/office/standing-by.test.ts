import { describe, expect, it } from "vitest";
import { formatHolder } from "../../../../src/control/office/holder.js";
import type { Holder } from "../../../../src/control/office/holder.js";
import { StandingBy, Standbys } from "../../../../src/control/office/standing-by.js";
import { silentLog } from "../../../../src/console/log.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedMarks } from "../../../simulator/marks.js";

function holder(container: string, patch: Partial<Holder> = {}): Holder {
  return { token: `t-${container}`, host: "web1", pid: 7, container, since: "2030-01-01T00:00:00.000Z", ...patch };
}

function scene(inCharge: Partial<Holder> = {}) {
  const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
  marks.texts.set("default.4", formatHolder(holder("old", inCharge)));
  const common = { marks, lease: "default", clock, log: silentLog };
  const waits = (self: Holder) => new StandingBy({ ...common, self });
  const shown = () => [...marks.texts.keys()].filter((name) => name.startsWith("_waits"));
  return { marks, clock, waits, shown, standbys: new Standbys(common) };
}

describe("one that stands by", () => {
  it("writes nothing while nothing is handed over, however long it waits, and is fit while the engine answers", async () => {
    const { marks, clock, waits, shown } = scene();
    const one = waits(holder("one"));
    expect(one.isFit()).toBe(false);
    one.begin();
    await clock.advance(3_600_000);
    expect(shown()).toEqual([]);
    expect(one.isFit()).toBe(true);
    marks.cut(true);
    await clock.advance(9_000);
    expect(one.isFit()).toBe(true);
    await clock.advance(5_000);
    expect(one.isFit()).toBe(false);
    marks.cut(false);
    await clock.advance(2_100);
    expect(one.isFit()).toBe(true);
    await one.end();
  });

  it.each([
    ["the one in charge is a helper", { helps: "shop/web" }, {}],
    ["it is a helper itself", {}, { helps: "shop/web" }],
    ["the office has been handed over", { heir: "one" }, {}],
  ])("shows itself where %s, and leaves nothing behind", async (_, inCharge, own) => {
    const { clock, waits, shown, standbys } = scene(inCharge);
    const one = waits(holder("one", own));
    one.begin();
    await clock.advance(100);
    expect(shown()).toHaveLength(1);
    expect([...(await standbys.look())], "one look may show what is left of one that is gone").toEqual([]);
    await clock.advance(2_000);
    expect(shown()).toHaveLength(1);
    expect([...(await standbys.look()).keys()]).toEqual(["one"]);
    await one.end();
    expect(shown()).toEqual([]);
    expect([...(await standbys.look())]).toEqual([]);
  });

  it("is told by how long it has shown itself, not by what its clock says", async () => {
    const { clock, waits, standbys } = scene({ helps: "shop/web" });
    waits(holder("one")).begin();
    for (let second = 0; second < 8; second += 1) {
      await standbys.look();
      await clock.advance(1_000);
    }
    // Between the last two marks that were seen.
    const [forMs = 0] = [...(await standbys.look()).values()];
    expect(forMs).toBeGreaterThanOrEqual(2_000);
    expect(forMs).toBeLessThanOrEqual(4_000);
  });

  it("does not count any more once it is silent, whatever it has left, and that is cleared away", async () => {
    const { marks, clock, waits, shown, standbys } = scene({ helps: "shop/web" });
    waits(holder("one")).begin();
    await clock.advance(2_100);
    await standbys.look();
    await clock.advance(2_000);
    expect((await standbys.look()).has("one")).toBe(true);
    // Killed between the two calls that replace a mark.
    const left = shown();
    const [name = ""] = left;
    const next = name.replace(/\\d+$/, (number) => String(Number(number) + 1));
    const texts = new Map([...marks.texts, [next, marks.texts.get(name) ?? ""]]);
    const after = scene({ helps: "shop/web" });
    for (const [mark, text] of texts) after.marks.texts.set(mark, text);
    expect([...(await after.standbys.look())], "two marks of one row are no sign of life").toEqual([]);
    await after.clock.advance(60_000);
    expect([...(await after.standbys.look())]).toEqual([]);
    expect(after.shown()).toEqual([]);
    for (const [mark, text] of texts) after.marks.texts.set(mark, text);
    await after.standbys.clear();
    expect(after.shown()).toEqual([]);
  });

  it("is not mistaken for one of another lease whose name begins alike", async () => {
    const { marks, clock, standbys } = scene();
    for (const number of [1, 2, 3]) {
      marks.texts.set(`_waits-default-x-abc.${number}`, formatHolder(holder("one")));
      await standbys.look();
      await clock.advance(1_000);
    }
    expect([...(await standbys.look())]).toEqual([]);
    await standbys.clear();
    expect([...marks.texts.keys()].filter((name) => name.startsWith("_waits-default-x-"))).toHaveLength(3);
  });
});
