import { describe, expect, it } from "vitest";
import type { NetworkSpec } from "../../../../src/compose/model/network.js";
import type { VolumeSpec } from "../../../../src/compose/model/mount.js";
import { networkDrift, volumeDrift } from "../../../../src/plan/host/drift.js";
import type { Bench } from "../bench.js";
import { creation, networkSpec, project, serviceSpec } from "../service.js";

export function drivenNetworksContract(bench: Bench): void {
  const because = "a test";
  const make = (network: NetworkSpec) =>
    bench.engine.createNetwork({ kind: "create-network", network, project, because });
  const see = async (name: string) => {
    const found = (await bench.engine.snapshot()).networks.get(name);
    if (found === undefined) throw new Error(`network ${name} is not in the snapshot`);
    return found;
  };

  describe("networks and volumes with options", () => {
    const pool = { subnet: "10.213.7.0/24", ipRange: "10.213.7.128/25", gateway: "10.213.7.9" };
    const full: NetworkSpec = {
      ...networkSpec("contract-full"),
      driver: "bridge",
      driverOpts: { "com.docker.network.bridge.enable_icc": "true" },
      internal: true,
      attachable: true,
      ipam: { config: [{ ...pool, auxAddresses: { printer: "10.213.7.5" } }] },
    };

    it("are shown as they were declared, and tell what has changed", async () => {
      await make(full);
      const found = await see(full.name);
      expect(found).toMatchObject({ project, driver: "bridge", internal: true, attachable: true, foreign: [] });
      expect(networkDrift(full, found)).toEqual([]);
      expect(networkDrift({ ...full, ipam: { config: [{ subnet: "10.213.8.0/24" }] } }, found)).toEqual(["ipam"]);
      // As docker compose would have made it.
      const unmarked = { ...found, hash: undefined };
      expect(networkDrift(full, unmarked)).toEqual([]);
      expect(networkDrift({ ...full, internal: false, driverOpts: { x: "1" } }, unmarked)).toEqual([
        "driver_opts",
        "internal",
      ]);
    });

    it("of a volume are shown too", async () => {
      const volume: VolumeSpec = {
        key: "temporary",
        name: "contract-temporary",
        external: false,
        driver: undefined,
        driverOpts: { type: "tmpfs", device: "tmpfs", o: "size=1m" },
        labels: { own: "label" },
      };
      await bench.engine.createVolume({ kind: "create-volume", volume, project, because });
      const found = (await bench.engine.snapshot()).volumes.get(volume.name);
      expect(found).toMatchObject({ project, driver: "local", options: volume.driverOpts });
      expect(volumeDrift(volume, found!)).toEqual([]);
      expect(volumeDrift({ ...volume, driverOpts: {} }, found!)).toEqual(["driver_opts"]);
    });

    it("name the containers of others on them, also those that do not run", async () => {
      const name = await bench.network("contract-visited");
      const leave = await bench.stage.createForeign("contract-visitor", bench.plain, name);
      expect((await see(name)).foreign).toEqual(["contract-visitor"]);
      await leave();
      expect((await see(name)).foreign).toEqual([]);
    });

    it("are removed by id, once nothing runs on them", async () => {
      const name = await bench.network("contract-passing");
      const { id: network } = await see(name);
      const attach = { network: name, aliases: ["passing"] };
      const id = await bench.engine.createContainer(creation(serviceSpec("passing", bench.plain), bench.plain, attach));
      await bench.engine.startContainer(id);
      expect((await bench.see(id)).networks).toMatchObject([{ network: name, networkId: network }]);
      await expect(bench.engine.removeNetwork(network)).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.engine.disconnectNetwork(id, name);
      await bench.engine.removeNetwork(network);
      await bench.network(name);
      await bench.engine.removeNetwork(network);
      const { id: anew } = await see(name);
      expect(anew).not.toBe(network);
      await bench.engine.connectNetwork(id, attach);
      expect((await bench.see(id)).networks).toMatchObject([{ network: name, networkId: anew, aliases: ["passing"] }]);
      await bench.discard(id);
    });

    it("that bear the name of one that is gone are joined before the next start", async () => {
      const name = await bench.network("contract-anew");
      const attach = { network: name, aliases: ["anew"] };
      const id = await bench.engine.createContainer(creation(serviceSpec("anew", bench.plain), bench.plain, attach));
      await bench.engine.startContainer(id);
      await bench.engine.stopContainer(id, 0);
      await bench.engine.removeNetwork((await see(name)).id);
      await bench.network(name);
      await expect(bench.engine.startContainer(id)).rejects.toMatchObject({ code: "EngineRefused" });
      expect((await bench.see(id)).networks[0]?.networkId).not.toBe((await see(name)).id);
      await bench.engine.disconnectNetwork(id, name);
      await bench.engine.connectNetwork(id, attach);
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ state: "running", networks: [{ network: name, aliases: ["anew"] }] });
      await bench.discard(id);
    });
  });
}
