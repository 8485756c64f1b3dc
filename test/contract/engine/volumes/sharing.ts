import { describe, expect, it } from "vitest";
import { needsRunning } from "../../../../src/compose/model/relations.js";
import type { Shared } from "../../../../src/compose/model/relations.js";
import type { ContainerSpec } from "../../../../src/compose/model/service.js";
import type { Claim } from "../../../../src/control/ports/engine.js";
import type { Owner } from "../../../../src/plan/model/step.js";
import type { Bench } from "../bench.js";
import { creation, serviceSpec } from "../service.js";

/** The same program twice would be in its own way. */
const idle = { entrypoint: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"] };

const specs: Readonly<Record<Exclude<Shared, "network">, Partial<ContainerSpec>>> = {
  ipc: { namespaces: { ipc: { service: "donor" } } },
  pid: { namespaces: { pid: { service: "donor" } } },
  volumes: { volumesFrom: [{ service: "donor", readOnly: true }] },
};

export function sharingContract(bench: Bench): void {
  describe("a container that shares something of another one", () => {
    const donate = () =>
      bench.create("donor", bench.plain, {
        ...idle,
        namespaces: { ipc: "shareable" },
        mounts: [{ type: "volume", source: undefined, target: "/given", readOnly: false, createHostPath: false }],
      });
    const guestOf = (shared: keyof typeof specs, id: string) => {
      const owners: readonly Owner[] = [{ shared, service: "donor", id, name: "contract-donor-1.next" }];
      const spec = serviceSpec("sharer", bench.plain, { ...idle, ...specs[shared] });
      return bench.engine.createContainer({ ...creation(spec, bench.plain), owners });
    };

    it.each(["ipc", "pid", "volumes"] as const)("says of whom: %s", async (shared) => {
      const donor = await donate();
      const guest = await guestOf(shared, donor);
      const { owners, mounts = [] } = await bench.see(guest);
      expect(owners).toEqual({ [shared]: [donor] });
      const [given] = (await bench.see(donor)).mounts ?? [];
      expect(given).toMatchObject({ target: "/given", asked: true });
      const taken = { source: given?.source, target: "/given", borrowed: true };
      expect(mounts).toMatchObject(shared === "volumes" ? [taken] : []);
      expect(mounts.filter(({ asked }) => asked === true)).toEqual([]);
      expect(await bench.see(donor)).not.toHaveProperty("owners");
      const start = bench.engine.startContainer(guest);
      if (needsRunning({ shared })) {
        await expect(start).rejects.toMatchObject({ code: "EngineRefused" });
        await bench.engine.startContainer(donor);
        await bench.engine.startContainer(guest);
      } else await start;
      expect(await bench.see(guest)).toMatchObject({ state: "running", startError: "" });
      await bench.discard(guest);
      await bench.discard(donor);
    });

    it("is made with a container that the file names, by its id", async () => {
      const donor = await donate();
      await bench.engine.startContainer(donor);
      const name = "contract-donor-1.next";
      const bonds = [
        ["network", { networkMode: { kind: "container", container: name } }, {}],
        ["ipc", {}, { namespaces: { ipc: `container:${name}` } }],
        ["pid", {}, { namespaces: { pid: `container:${name}` } }],
        ["volumes", {}, { volumesFrom: [`${name}:ro`] }],
      ] as const;
      for (const [shared, mode, container] of bonds) {
        const owners: readonly Owner[] = [{ shared, container: name, id: donor, name }];
        const spec = { ...serviceSpec("sharer", bench.plain, { ...idle, ...container }), ...mode };
        const guest = await bench.engine.createContainer({ ...creation(spec, bench.plain), owners });
        expect((await bench.see(guest)).owners, shared).toEqual({ [shared]: [donor] });
        await bench.engine.startContainer(guest);
        expect(await bench.see(guest), shared).toMatchObject({ state: "running", startError: "" });
        await bench.discard(guest);
      }
      await bench.discard(donor);
    });

    it("is shown a provider that others run, with its state, as long as somebody asks for it", async () => {
      const spec = serviceSpec("lender", bench.plain, idle);
      const id = await bench.stage.compose("contract-lender", spec, bench.plain);
      const facts = async (claim?: Claim) =>
        (await bench.engine.snapshot(claim)).foreign.find((one) => one.id === id)?.facts;
      const provider: Claim = ({ name }) => (name === "contract-lender" ? "provider" : undefined);
      expect(await facts()).toBeUndefined();
      expect(await facts(provider)).toMatchObject({ id, name: "contract-lender", state: "created" });
      await bench.engine.startContainer(id);
      const running = await facts(provider);
      expect(running).toMatchObject({ state: "running" });
      await bench.engine.stopContainer(id, 2_000);
      expect(await facts(provider)).toMatchObject({ state: "exited" });
      await bench.stage.wait(10);
      await bench.engine.startContainer(id);
      expect((await facts(provider))?.startedAt).toBeGreaterThan(running?.startedAt ?? Infinity);
      await bench.discard(id);
    });

    it("ends with the owner of its PID namespace, and can be started when that runs again", async () => {
      const donor = await donate();
      await bench.engine.startContainer(donor);
      const guest = await guestOf("pid", donor);
      await bench.engine.startContainer(guest);
      await bench.engine.stopContainer(donor, 2_000);
      expect(await bench.until(guest, ({ state }) => state === "exited")).toMatchObject({ exitCode: 137 });
      await bench.engine.startContainer(donor);
      await bench.engine.startContainer(guest);
      expect(await bench.see(guest)).toMatchObject({ state: "running" });
      await bench.discard(guest);
      await bench.discard(donor);
    });
  });
}
