import { describe, expect, it } from "vitest";
import { bodyOf, isUp, type SwarmBench, type Wish } from "./bench.js";

export function updatesContract(bench: SwarmBench): void {
  describe("an update", () => {
    it("needs the version that it was made for", async () => {
      const { cluster } = bench.stage;
      const wish = { name: bench.name("versioned"), image: await bench.image({ kind: "good" }) };
      const id = await bench.settled(wish);
      const { service } = await bench.see(id);
      await cluster.updateService(service, bodyOf({ ...wish, labels: { note: "1" } }));
      const late = cluster.updateService(service, bodyOf({ ...wish, labels: { note: "2" } }));
      await expect(late).rejects.toMatchObject({ code: "SwarmConflict" });
      const after = (await bench.see(id)).service;
      expect(after.version).toBeGreaterThan(service.version);
      expect(after.updatedAt).toBeGreaterThanOrEqual(service.updatedAt);
      expect(after.spec.Labels["note"]).toBe("1");
      await bench.remove(id);
      const gone = cluster.updateService(after, bodyOf(wish));
      await expect(gone).rejects.toMatchObject({ code: "SwarmConflict" });
    });

    it("replaces tasks one by one, the new one first, and keeps what was before", async () => {
      const name = bench.name("rolled");
      const before: Wish = { name, image: await bench.image({ kind: "good" }), replicas: 2 };
      const after: Wish = { ...before, image: await bench.image({ kind: "good" }, "2"), generation: "2" };
      const id = await bench.settled(before);
      const fewest: number[] = [];
      await bench.update(id, bodyOf(after));
      const { service } = await bench.until(id, (seen) => {
        fewest.push(seen.tasks.filter(isUp).length);
        return seen.service.update?.state === "completed";
      });
      expect(Math.min(...fewest)).toBeGreaterThanOrEqual(2);
      expect(service.update).toMatchObject({ message: "update completed" });
      expect(service.update?.completedAt).toBeGreaterThanOrEqual(service.update?.startedAt ?? Infinity);
      expect(service.previous?.TaskTemplate).toEqual(
        expect.objectContaining({ ContainerSpec: expect.objectContaining({ Image: before.image.image }) as object }),
      );
      const { tasks } = await bench.runs(id, 2, "2");
      expect(new Set(tasks.filter(isUp).map(({ slot }) => slot))).toEqual(new Set([1, 2]));
      await bench.until(id, (seen) => seen.tasks.every((task) => isUp(task) || task.state === "shutdown"));
      await bench.remove(id);
    });

    it("stops the old task first where it is to", async () => {
      const name = bench.name("stopped");
      const update = { Order: "stop-first" } as const;
      const before: Wish = { name, image: await bench.image({ kind: "good" }), update };
      const id = await bench.settled(before);
      let both = false;
      await bench.update(id, bodyOf({ ...before, image: await bench.image({ kind: "good" }, "2"), generation: "2" }));
      await bench.until(id, ({ service, tasks }) => {
        both ||= tasks.filter(({ state }) => state === "running" || state === "starting").length > 1;
        return service.update?.state === "completed";
      });
      expect(both).toBe(false);
      await bench.runs(id, 1, "2");
      await bench.remove(id);
    });

    it("of labels alone touches no task, and forgets how the last update went", async () => {
      const name = bench.name("labelled");
      const before: Wish = { name, image: await bench.image({ kind: "good" }) };
      const after: Wish = { ...before, image: await bench.image({ kind: "good" }, "2"), generation: "2" };
      const id = await bench.settled(before);
      await bench.update(id, bodyOf(after));
      await bench.until(id, ({ service }) => service.update?.state === "completed");
      const running = (await bench.runs(id, 1, "2")).tasks.find(isUp)?.id;
      await bench.update(id, bodyOf({ ...after, labels: { note: "1" } }));
      const stage = bench.stage;
      await stage.wait(3_000);
      const { service, tasks } = await bench.see(id);
      expect(service.spec.Labels["note"]).toBe("1");
      expect(service.update).toBeUndefined();
      expect(service.previous).toMatchObject({ TaskTemplate: { ContainerSpec: { Labels: { generation: "2" } } } });
      expect(tasks.filter(({ desired }) => desired === "running").map((task) => task.id)).toEqual([running]);
      await bench.remove(id);
    });

    it("is complete before its task runs, where that was to come already", async () => {
      const name = bench.name("awaited");
      const body = bodyOf({ name, image: await bench.image({ kind: "good" }), update: { Monitor: 1 } });
      const nowhere = { Constraints: ["node.labels.disk==fast"] };
      const TaskTemplate = { ...body.TaskTemplate, Placement: nowhere };
      const id = await bench.settled({ name, image: await bench.image({ kind: "good" }) });
      await bench.update(id, { ...body, TaskTemplate });
      await bench.until(id, ({ tasks }) => tasks.some(({ state }) => state === "pending"));
      await bench.update(id, { ...body, TaskTemplate, Labels: { ...body.Labels, note: "1" } });
      const { tasks } = await bench.until(id, ({ service }) => service.update?.state === "completed");
      expect(tasks.some(isUp)).toBe(false);
      await bench.remove(id);
    });

    it("is overtaken by a newer one", async () => {
      const name = bench.name("overtaken");
      const before: Wish = { name, image: await bench.image({ kind: "good" }), replicas: 2 };
      const id = await bench.settled(before);
      await bench.update(id, bodyOf({ ...before, image: await bench.image({ kind: "good" }, "2"), generation: "2" }));
      await bench.until(id, ({ service }) => service.update?.state === "updating");
      await bench.update(id, bodyOf({ ...before, image: await bench.image({ kind: "good" }, "3"), generation: "3" }));
      await bench.until(id, ({ service }) => service.update?.state === "completed");
      await bench.runs(id, 2, "3");
      await bench.remove(id);
    });
  });
}
