import { expect, it } from "vitest";
import { marksIn } from "../../../../src/swarm/engine/marks.js";
import { SimulatedSwarm } from "../../../simulator/swarm/swarm.js";

it("keeps the first text of a mark, and tells it to whoever comes second", async () => {
  const { cluster } = new SimulatedSwarm();
  const [one, other] = [marksIn(cluster), marksIn(cluster)];
  expect(await one.put("lease.1", "first")).toBe("first");
  expect(await other.put("lease.1", "second")).toBe("first");
  expect([...(await other.list("lease."))]).toEqual([["lease.1", "first"]]);
  await other.remove("lease.1");
  await one.remove("lease.1");
  expect((await one.list("lease.")).size).toBe(0);
  expect(await one.put("lease.1", "third")).toBe("third");
});

it("lets one of many who write a mark at once be the first, and all agree who", async () => {
  const { cluster } = new SimulatedSwarm();
  const writers = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
  const answers = await Promise.all(writers.map((writer) => marksIn(cluster).put("race.1", writer)));
  expect(new Set(answers).size).toBe(1);
});

it("takes names that are longer than the Swarm's own, and finds them by their beginning", async () => {
  const marks = marksIn(new SimulatedSwarm().cluster);
  const names = ["a", "b"].map((end) => `lease.${"x".repeat(80)}.${end}`);
  for (const name of names) await marks.put(name, name);
  expect([...(await marks.list("lease.x")).entries()].sort()).toEqual(names.map((name) => [name, name]));
  expect((await marks.list("x")).size).toBe(0);
});
