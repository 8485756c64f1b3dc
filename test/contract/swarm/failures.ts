import { describe, expect, it } from "vitest";
import { bodyOf, isUp, type SwarmBench, type Wish } from "./bench.js";
import type { StageTask } from "./stage.js";

const paused = /^update paused due to failure or early termination of task (\w+)$/;

export function failuresContract(bench: SwarmBench): void {
  describe("an update that fails", () => {
    const fails = async (task: StageTask) => {
      const name = bench.name("failing");
      const before: Wish = { name, image: await bench.image({ kind: "good" }), replicas: 2 };
      const id = await bench.settled(before);
      const old = new Set((await bench.see(id)).tasks.map((one) => one.id));
      const after: Wish = { ...before, image: await bench.image(task), generation: "2" };
      await bench.update(id, bodyOf(after));
      const seen = await bench.until(id, ({ service }) => service.update?.state === "paused");
      const failed = paused.exec(seen.service.update?.message ?? "")?.[1];
      expect(seen.service.update?.completedAt).toBeUndefined();
      expect(seen.tasks.filter(({ id: one }) => old.has(one)).filter(isUp)).not.toEqual([]);
      return { id, before, after, old, seen, failed: seen.tasks.find((one) => one.id === failed) };
    };

    it("pauses on a task that ends, and goes on trying that one alone", async () => {
      const { id, old, failed } = await fails({ kind: "crashes" });
      expect(failed).toMatchObject({ state: "failed", exitCode: 1, labels: { generation: "2" } });
      const again = (tasks: readonly { id: string; state: string }[]) =>
        tasks.filter(({ state }) => state === "failed");
      const { tasks } = await bench.until(id, (seen) => again(seen.tasks).length > 1);
      expect(new Set(tasks.filter((task) => !old.has(task.id)).map(({ slot }) => slot)).size).toBe(1);
      expect(tasks.filter((task) => old.has(task.id)).filter(isUp)).toHaveLength(2);
      await bench.remove(id);
    });

    it("pauses on a task that does not become healthy, which has never run and ends as if all were well", async () => {
      const { id, failed } = await fails({ kind: "never-healthy" });
      expect(failed).toMatchObject({ state: "complete", exitCode: 0, error: "", labels: { generation: "2" } });
      await bench.remove(id);
    });

    it("pauses on an image that nobody has", async () => {
      const { id, failed, after } = await fails({ kind: "missing" });
      expect(failed).toMatchObject({ state: "rejected", image: after.image.image });
      expect(failed?.error).toMatch(/^No such image/);
      expect(failed?.container).toBeUndefined();
      await bench.remove(id);
    });

    it("goes back to the tasks that were there", async () => {
      const { id, before, old } = await fails({ kind: "crashes" });
      await bench.update(id, bodyOf(before));
      const { service } = await bench.until(id, (seen) => seen.service.update?.state === "completed");
      expect(service.previous).toMatchObject({ TaskTemplate: { ContainerSpec: { Labels: { generation: "2" } } } });
      const { tasks } = await bench.runs(id, 2);
      expect(tasks.filter(isUp).every((task) => old.has(task.id))).toBe(true);
      await bench.remove(id);
    });

    it("goes on, and gives up the old task, where only labels are changed meanwhile", async () => {
      const { id, after, old, seen } = await fails({ kind: "crashes" });
      await bench.update(id, bodyOf({ ...after, labels: { note: "1" } }));
      const later = await bench.until(
        id,
        ({ service, tasks }) =>
          service.update?.state === "paused" && tasks.filter((task) => old.has(task.id)).filter(isUp).length < 2,
      );
      expect(later.service.update?.message).not.toBe(seen.service.update?.message);
      await bench.remove(id);
    });

    it("is none where enough may fail", async () => {
      const name = bench.name("tolerant");
      const update = { MaxFailureRatio: 1 };
      const before: Wish = { name, image: await bench.image({ kind: "good" }), update };
      const id = await bench.settled(before);
      await bench.update(id, bodyOf({ ...before, image: await bench.image({ kind: "crashes" }), generation: "2" }));
      const { service } = await bench.until(id, (seen) => seen.service.update?.state === "completed");
      expect(service.update?.message).toBe("update completed");
      await bench.remove(id);
    });
  });
}
