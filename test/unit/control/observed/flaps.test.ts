import { describe, expect, it } from "vitest";
import { Flaps } from "../../../../src/control/observed/flaps.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, now } from "../../plan/world.js";

const well = containerIn("active", "a", 1, { health: "healthy" });
const sick: ObservedContainer = { ...well, health: "unhealthy" };
const minute = 60_000;

/** One look a minute; the last one's answer. */
function after(...looks: readonly (readonly ObservedContainer[])[]): string | undefined {
  const flaps = new Flaps();
  return looks.map((containers, index) => flaps.look("shop/web", containers, now + index * minute)).at(-1);
}

describe("a container that keeps turning for the worse", () => {
  it("is told of after three times, whether it is well at the moment or not", () => {
    expect(after([well], [sick], [well], [sick], [well])).toBeUndefined();
    const text = "shop-web-1 has turned unhealthy or ended 3 times within 10m";
    expect(after([well], [sick], [well], [sick], [well], [sick])).toBe(text);
    expect(after([well], [sick], [well], [sick], [well], [sick], [well])).toBe(text);
  });

  it("is told of by the engine's own count of restarts, each once", () => {
    const restarted = (restartCount: number) => [{ ...well, restartCount }];
    expect(after(restarted(7), restarted(8), restarted(9))).toBeUndefined();
    expect(after(restarted(7), restarted(8), restarted(10))).toContain("3 times");
    const between = [{ ...well, state: "restarting" as const, restartCount: 8 }];
    expect(after(restarted(7), between, restarted(8), between)).toBeUndefined();
  });

  it("is steady again ten minutes later", () => {
    const fell = [[well], [sick], [well], [sick], [well], [sick], [well]];
    expect(after(...fell, ...Array.from({ length: 10 }, () => [well]))).toBeUndefined();
  });

  it("is another one where it is replaced, and has not fallen where it was stopped for that or by a person", () => {
    const other = (index: number) => [{ ...(index % 2 === 0 ? well : sick), id: `id-${index}` }];
    expect(after(...[0, 1, 2, 3, 4, 5, 6, 7].map(other))).toBeUndefined();
    const stopped = { ...well, state: "exited" as const };
    const next = containerIn("next", "b", 2);
    expect(after([well], [stopped, next], [well], [stopped, next], [well], [stopped, next])).toBeUndefined();
    const byHand = { ...stopped, endedByRequest: true };
    expect(after([well], [byHand], [well], [byHand], [well], [byHand])).toBeUndefined();
  });
});
