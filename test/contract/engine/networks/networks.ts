import { describe, expect, it } from "vitest";
import type { Bench } from "../bench.js";
import { creation, networkSpec, project, serviceSpec } from "../service.js";

export function networksContract(bench: Bench): void {
  describe("networks and volumes", () => {
    it("are created once", async () => {
      const step = {
        kind: "create-network",
        network: networkSpec("contract-once"),
        project,
        because: "a test",
      } as const;
      await bench.engine.createNetwork(step);
      await bench.engine.createNetwork(step);
      expect((await bench.engine.snapshot()).networks.has("contract-once")).toBe(true);
      const volume = {
        key: "data",
        name: "contract-data",
        external: false,
        driver: undefined,
        driverOpts: {},
        labels: {},
      };
      const volumeStep = { kind: "create-volume", volume, project, because: "a test" } as const;
      await bench.engine.createVolume(volumeStep);
      await bench.engine.createVolume(volumeStep);
      expect((await bench.engine.snapshot()).volumes.has("contract-data")).toBe(true);
    });

    it("are created once also for services that ask at the same time", async () => {
      const names = Array.from({ length: 6 }, () => bench.network("contract-shared"));
      await Promise.all(names);
      const spec = serviceSpec("shared", bench.plain);
      const attach = { network: "contract-shared", aliases: ["shared"] };
      const id = await bench.engine.createContainer(creation(spec, bench.plain, attach));
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ state: "running", startError: "" });
      await bench.discard(id);
    });

    it("are shared with a container by its id, which is observed, and only while that one runs", async () => {
      const owner = await bench.create("owner", bench.plain);
      // The same program twice would want the same port of the one network.
      const entrypoint = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];
      const networkMode = { kind: "service", service: "owner" } as const;
      const step = creation({ ...serviceSpec("guest", bench.plain, { entrypoint }), networkMode }, bench.plain);
      const owners = [{ shared: "network", service: "owner", id: owner, name: "contract-owner-1" }] as const;
      const guest = await bench.engine.createContainer({ ...step, owners });
      expect(await bench.see(guest)).toMatchObject({ owners: { network: [owner] }, networks: [] });
      expect(await bench.see(owner)).not.toHaveProperty("owners");
      await expect(bench.engine.startContainer(guest)).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.engine.startContainer(owner);
      await bench.engine.startContainer(guest);
      expect(await bench.see(guest)).toMatchObject({ state: "running", startError: "" });
      await bench.discard(owner);
      await bench.engine.stopContainer(guest, 0);
      expect(await bench.see(guest), "also of one that is gone").toMatchObject({ owners: { network: [owner] } });
      await bench.engine.removeContainer(guest);
    });

    it("give a container its names only on joining", async () => {
      for (const name of ["contract-front", "contract-back"]) await bench.network(name);
      const spec = serviceSpec("joined", bench.plain);
      const id = await bench.engine.createContainer(
        creation(spec, bench.plain, { network: "contract-front", aliases: [] }),
      );
      const endpoints = async () =>
        (await bench.see(id)).networks
          .map(({ network, aliases }) => ({ network, aliases }))
          .sort((a, b) => a.network.localeCompare(b.network));
      expect(await endpoints()).toEqual([{ network: "contract-front", aliases: [] }]);
      await bench.engine.connectNetwork(id, { network: "contract-back", aliases: ["joined"] });
      await bench.engine.connectNetwork(id, { network: "contract-back", aliases: ["joined"] });
      expect(await endpoints()).toEqual([
        { network: "contract-back", aliases: ["joined"] },
        { network: "contract-front", aliases: [] },
      ]);
      await bench.engine.startContainer(id);
      const rejoin = bench.engine.connectNetwork(id, { network: "contract-front", aliases: ["joined", "www"] });
      await expect(rejoin).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.engine.disconnectNetwork(id, "contract-front");
      await bench.engine.disconnectNetwork(id, "contract-front");
      expect(await endpoints()).toEqual([{ network: "contract-back", aliases: ["joined"] }]);
      await bench.engine.connectNetwork(id, { network: "contract-front", aliases: ["joined", "www"] });
      expect(await endpoints()).toEqual([
        { network: "contract-back", aliases: ["joined"] },
        { network: "contract-front", aliases: ["joined", "www"] },
      ]);
      await bench.discard(id);
    });

    it("must exist to be joined, and need not to be left", async () => {
      const attach = { network: await bench.network("contract-front"), aliases: [] };
      const id = await bench.engine.createContainer(creation(serviceSpec("lonely", bench.plain), bench.plain, attach));
      await bench.engine.startContainer(id);
      await expect(bench.engine.connectNetwork(id, { network: "contract-nowhere", aliases: [] })).rejects.toMatchObject(
        {
          code: "EngineRefused",
        },
      );
      await bench.engine.disconnectNetwork(id, "contract-nowhere");
      await bench.discard(id);
    });
  });
}
