import { describe, expect, it } from "vitest";
import { FreshFlight } from "../../../../src/tools/sharing/fresh-flight.js";

describe("a flight", () => {
  it("is shared by those who wait for it, and never answers a question asked after it left", async () => {
    const landings: ((value: number) => void)[] = [];
    const flight = new FreshFlight(() => new Promise<number>((resolve) => landings.push(resolve)));
    const first = flight.run();
    const late = [flight.run(), flight.run(), flight.run()];
    expect(landings).toHaveLength(1);
    landings[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(landings).toHaveLength(2);
    landings[1]?.(2);
    expect(await Promise.all(late)).toEqual([2, 2, 2]);
    void flight.run();
    expect(landings).toHaveLength(3);
  });

  it("is alone in the air, whenever somebody asks", async () => {
    let flying = 0;
    let most = 0;
    const flight = new FreshFlight(async () => {
      flying += 1;
      most = Math.max(most, flying);
      await Promise.resolve();
      flying -= 1;
    });
    const joined: Promise<void>[] = [];
    for (let tick = 0; tick < 50; tick += 1) {
      joined.push(flight.run());
      await Promise.resolve();
    }
    await Promise.all(joined);
    expect(most).toBe(1);
  });

  it("goes on after a failure", async () => {
    let failing = true;
    const flight = new FreshFlight(() => (failing ? Promise.reject(new Error("down")) : Promise.resolve("up")));
    const [one, two] = [flight.run(), flight.run()];
    await expect(one).rejects.toThrow("down");
    await expect(two).rejects.toThrow("down");
    failing = false;
    expect(await flight.run()).toBe("up");
  });
});
