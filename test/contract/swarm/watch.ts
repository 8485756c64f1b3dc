import { describe, expect, it } from "vitest";
import type { ClusterEvent } from "../../../src/swarm/model/cluster.js";
import { bodyOf, project, type SwarmBench } from "./bench.js";

export function watchContract(bench: SwarmBench): void {
  describe("watching", () => {
    const watched = async (
      lively: () => boolean,
      work: (events: ClusterEvent[], told: (event: object) => Promise<void>) => Promise<void>,
    ): Promise<void> => {
      const { cluster } = bench.stage;
      const events: ClusterEvent[] = [];
      const end = new AbortController();
      const watching = cluster.watch((event) => events.push(event), lively, end.signal);
      const told = (wanted: object) =>
        bench.eventually(JSON.stringify(wanted), () =>
          events.some((event) => Object.entries(wanted).every(([key, value]) => event[key as "kind"] === value)),
        );
      try {
        await told({ kind: "resync" });
        await work(events, told);
      } finally {
        end.abort();
        await watching;
      }
    };

    it("tells of services, and of what their tasks do", async () => {
      await watched(
        () => true,
        async (events, told) => {
          const wish = { name: bench.name("told"), image: await bench.image({ kind: "good" }) };
          const id = await bench.create(wish);
          await told({ kind: "service", id, action: "create" });
          await told({ kind: "service", id, action: "tasks" });
          await bench.runs(id, 1);
          events.length = 0;
          await bench.update(id, bodyOf({ ...wish, labels: { note: "1" } }));
          await told({ kind: "service", id, action: "update" });
          await told({ kind: "beat" });
          events.length = 0;
          await bench.remove(id);
          await told({ kind: "service", id, action: "remove" });
        },
      );
    });

    it("tells that something else has changed", async () => {
      const { cluster } = bench.stage;
      await watched(
        () => false,
        async (events, told) => {
          const config = {
            name: bench.name("noted"),
            labels: { "fairlead.project": project },
            content: Buffer.from("x"),
          };
          const id = await cluster.createConfig(config);
          await told({ kind: "other" });
          events.length = 0;
          await cluster.removeConfig(id);
          await told({ kind: "other" });
        },
      );
    });

    it("looks for tasks seldom where nothing is under way", async () => {
      const { wait } = bench.stage;
      await watched(
        () => false,
        async (events, told) => {
          const image = await bench.image({ kind: "good" });
          const id = await bench.create({ name: bench.name("calm"), image });
          await told({ kind: "service", id, action: "create" });
          await wait(3_000);
          expect(events.filter(({ kind }) => kind === "beat").length).toBeLessThanOrEqual(1);
          await told({ kind: "service", id, action: "tasks" });
          await bench.remove(id);
        },
      );
    });

    it("says once that the manager is lost, and looks anew when it is back", async () => {
      const stage = bench.stage;
      await watched(
        () => true,
        async (events, told) => {
          events.length = 0;
          const interruption = stage.interrupt(3_000);
          await told({ kind: "lost" });
          await expect(stage.cluster.look()).rejects.toMatchObject({ code: "EngineUnreachable" });
          await told({ kind: "resync" });
          await interruption;
          expect(events.map(({ kind }) => kind).filter((kind) => kind === "lost" || kind === "resync")).toEqual([
            "lost",
            "resync",
          ]);
        },
      );
    });
  });
}
