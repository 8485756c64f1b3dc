import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../../src/compose/model/service.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Endpoint } from "../../../../src/plan/model/step.js";
import type { Bench } from "../bench.js";
import { creation, networkSpec, project, serviceSpec } from "../service.js";

const lan = "contract-lan";
const first = "10.213.77.2";

export function contestedContract(bench: Bench): void {
  const on = (service: string, endpoint: Partial<Endpoint> = {}) =>
    bench.engine.createContainer(
      creation(serviceSpec(service, bench.plain), bench.plain, { network: lan, aliases: [service], ...endpoint }),
    );
  const makeLan = () =>
    bench.engine.createNetwork({
      kind: "create-network",
      network: { ...networkSpec(lan), ipam: { config: [{ subnet: "10.213.77.0/24" }] } },
      project,
      because: "a test",
    });

  describe("what only one container can have", () => {
    const publishing = async (service: string, ports: ContainerSpec["ports"]) => {
      const network = await bench.network("contract-ports");
      const spec = serviceSpec(service, bench.plain, { ports });
      return bench.engine.createContainer(creation(spec, bench.plain, { network, aliases: [service] }));
    };

    it("is told of each: its ports of the host, whether it runs or not", async () => {
      const port = await bench.stage.freePort();
      const id = await publishing("holds", [
        { hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" },
      ]);
      const ports = [{ hostIp: "127.0.0.1", hostPort: port, protocol: "tcp" }];
      expect(await bench.see(id)).toMatchObject({ ports });
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ ports });
      await bench.discard(id);
    });

    it("is told of each: its fixed addresses", async () => {
      await makeLan();
      const fixed = await on("fixed", { settings: { ipv4Address: first } });
      expect(await bench.see(fixed)).toMatchObject({ fixedAddresses: [{ network: lan, address: first }] });
      await bench.engine.startContainer(fixed);
      const seen = await bench.see(fixed);
      expect(addressOf(seen)).toBe(first);
      expect(seen.chosenAddresses).toBeUndefined();
      await bench.discard(fixed);
    });

    it("is told of no port that the engine has chosen: nobody needs that very one", async () => {
      const id = await publishing("chooses", [
        { hostIp: undefined, hostPort: undefined, containerPort: 8081, protocol: "tcp" },
      ]);
      expect(await bench.see(id)).not.toHaveProperty("ports");
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).not.toHaveProperty("ports");
      await bench.discard(id);
    });

    it("is told of those of others too, while they run", async () => {
      const port = await bench.stage.freePort();
      const ports = [{ hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" }] as const;
      const id = await bench.stage.compose(
        "contract-other-1",
        serviceSpec("other", bench.plain, { ports }),
        bench.plain,
      );
      const see = async () => (await bench.engine.snapshot()).foreign.find((one) => one.id === id);
      expect((await see())?.ports ?? []).toEqual([]);
      await bench.engine.startContainer(id);
      expect(await see()).toMatchObject({ ports: [{ hostIp: "127.0.0.1", hostPort: port, protocol: "tcp" }] });
      await bench.discard(id);
    });

    it("is refused to a second one; what the engine gave goes on elsewhere once it has been left and taken", async () => {
      await makeLan();
      const guest = await on("guest");
      await bench.engine.startContainer(guest);
      const given = addressOf(await bench.see(guest)) ?? "none";
      expect(given).toMatch(/^10\.213\.77\./);
      expect(await bench.see(guest)).toMatchObject({ chosenAddresses: [{ network: lan, address: given }] });
      const owner = await on("owner", { settings: { ipv4Address: given } });
      await expect(bench.engine.startContainer(owner)).rejects.toMatchObject({ code: "AddressConflict" });
      expect(await bench.see(owner)).toMatchObject({ startedAt: undefined });

      await bench.engine.disconnectNetwork(guest, lan);
      await bench.engine.startContainer(owner);
      await bench.engine.connectNetwork(guest, { network: lan, aliases: ["guest"] });
      expect(addressOf(await bench.see(owner))).toBe(given);
      const moved = addressOf(await bench.see(guest));
      expect(moved).toMatch(/^10\.213\./);
      expect(moved).not.toBe(given);
      await bench.discard(guest);
      await bench.discard(owner);
    });

    it("is not had by one that runs and could not join for it: it joins as soon as that is free", async () => {
      await makeLan();
      const guest = await on("guest");
      await bench.engine.startContainer(guest);
      const given = addressOf(await bench.see(guest)) ?? "none";
      const owner = await on("owner", { network: await bench.network("contract-wan") });
      await bench.engine.startContainer(owner);
      const endpoint = { network: lan, aliases: ["owner"], settings: { ipv4Address: given } };
      await expect(bench.engine.connectNetwork(owner, endpoint)).rejects.toMatchObject({ code: "AddressConflict" });
      const isOnLan = async () => (await bench.see(owner)).networks.some(({ network }) => network === lan);
      expect(await isOnLan()).toBe(false);
      await bench.engine.disconnectNetwork(guest, lan);
      await bench.engine.connectNetwork(owner, endpoint);
      expect(await isOnLan()).toBe(true);
      expect(addressOf(await bench.see(owner))).toBe(given);
      await bench.discard(guest);
      await bench.discard(owner);
    });
  });
}

function addressOf({ location }: ObservedContainer): string | undefined {
  return location?.kind === "networks" ? location.addresses.find(({ network }) => network === lan)?.address : undefined;
}
