import { describe, expect, it } from "vitest";
import { bodyOf, type SwarmBench } from "./bench.js";

const once = { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } };

export function jobsContract(bench: SwarmBench): void {
  describe("a job", () => {
    it("runs to its end once", async () => {
      const { cluster, wait } = bench.stage;
      const image = await bench.image({ kind: "ends", exitCode: 0 });
      const id = await bench.create({ name: bench.name("job"), image, mode: once });
      const { tasks } = await bench.until(id, (seen) => seen.tasks.some(({ state }) => state === "complete"));
      expect(tasks).toHaveLength(1);
      expect(tasks[0]).toMatchObject({ state: "complete", desired: "complete", exitCode: 0, error: "" });
      expect(await cluster.taskLog(tasks[0]?.id ?? "", 5)).toEqual(["at work"]);
      await wait(3_000);
      expect((await bench.see(id)).tasks).toHaveLength(1);
      await bench.remove(id);
    });

    it("runs again with each update, one of labels alone too", async () => {
      const wish = { name: bench.name("job"), image: await bench.image({ kind: "ends", exitCode: 0 }), mode: once };
      const id = await bench.create(wish);
      const ran = (times: number) =>
        bench.until(id, ({ tasks }) => tasks.filter(({ state }) => state === "complete").length === times);
      await ran(1);
      await bench.update(id, bodyOf({ ...wish, labels: { note: "1" } }));
      await ran(2);
      await bench.remove(id);
    });

    it("that fails is not tried again where it is not to be", async () => {
      const { wait } = bench.stage;
      const image = await bench.image({ kind: "ends", exitCode: 3 });
      const id = await bench.create({ name: bench.name("job"), image, mode: once });
      const { tasks } = await bench.until(id, (seen) => seen.tasks.some(({ state }) => state === "failed"));
      expect(tasks[0]).toMatchObject({ exitCode: 3, error: "task: non-zero exit (3)" });
      await wait(3_000);
      expect((await bench.see(id)).tasks).toHaveLength(1);
      await bench.remove(id);
    });
  });
}
