import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PullMeter } from "../../../../src/control/progress/pull-meter.js";
import type { LayerNews } from "../../../../src/control/ports/engine.js";

const reference = "acme/web@sha256:1";

describe("what a pull has told", () => {
  it("is added up over its layers, those on the host left out", () => {
    const meter = new PullMeter(reference);
    meter.note({ id: "a", state: "there" }, 0);
    meter.note({ id: "b", state: "downloading", bytes: 10, total: 100 }, 0);
    meter.note({ id: "c", state: "waiting" }, 0);
    expect(meter.progress(0)).toEqual({
      reference,
      bytes: 10,
      layers: [
        { id: "a", state: "there", bytes: 0 },
        { id: "b", state: "downloading", bytes: 10, total: 100 },
        { id: "c", state: "waiting", bytes: 0 },
      ],
    });
    meter.note({ id: "c", state: "downloading", bytes: 20, total: 50 }, 1_000);
    expect(meter.progress(1_000)).toMatchObject({ bytes: 30, total: 150, bytesPerSecond: 30 });
  });

  it("keeps the whole download of a layer that is unpacked", () => {
    const meter = new PullMeter(reference);
    meter.note({ id: "b", state: "downloading", bytes: 10, total: 100 }, 0);
    meter.note({ id: "b", state: "downloaded" }, 1_000);
    meter.note({ id: "b", state: "extracting", bytes: 40, total: 100 }, 2_000);
    expect(meter.progress(2_000)).toMatchObject({
      bytes: 100,
      total: 100,
      layers: [{ state: "extracting", bytes: 40, total: 100 }],
    });
    meter.note({ id: "b", state: "done" }, 3_000);
    expect(meter.progress(3_000).layers).toEqual([{ id: "b", state: "done", bytes: 100, total: 100 }]);
    expect(meter.progress(3_000).bytesPerSecond).toBeUndefined();
  });

  it("has the rate of the last seconds, not of the whole", () => {
    const meter = new PullMeter(reference);
    for (let at = 0; at <= 10_000; at += 100) {
      const bytes = at <= 5_000 ? at * 10 : 50_000 + (at - 5_000);
      meter.note({ id: "b", state: "downloading", bytes, total: 1e6 }, at);
    }
    expect(meter.progress(10_000).bytesPerSecond).toBe(1_000);
  });

  it("is bounded, and never more than its total, whatever an engine says", () => {
    const news = fc.record({
      id: fc.integer({ min: 0, max: 400 }).map(String),
      state: fc.constantFrom<LayerNews["state"]>("waiting", "downloading", "downloaded", "extracting", "done", "there"),
      bytes: fc.option(fc.nat(1_000), { nil: undefined }),
      total: fc.option(fc.integer({ min: 1_000, max: 2_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(news, fc.nat(300)), { maxLength: 600 }), (all) => {
        const meter = new PullMeter(reference);
        let now = 0;
        for (const [one, passed] of all) meter.note(one, (now += passed));
        const { layers, bytes, total } = meter.progress(now);
        expect(layers.length).toBeLessThanOrEqual(200);
        if (total !== undefined) expect(bytes).toBeLessThanOrEqual(total);
      }),
    );
  });
});
