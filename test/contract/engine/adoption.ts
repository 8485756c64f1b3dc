import { variables } from "../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import type { Claim } from "../../../src/control/ports/engine.js";
import type { Bench } from "./bench.js";
import { creation, project, serviceSpec } from "./service.js";

const claim: Claim = ({ name, compose }) => (name.startsWith("contract_") ? compose : undefined);

export function adoptionContract(bench: Bench): void {
  describe("a container that others made", () => {
    it("is shown with Compose's labels, and inspected only where it is claimed", async () => {
      const spec = serviceSpec("composed", bench.plain);
      const id = await bench.stage.compose("contract_composed_1", spec, bench.plain);
      const seen = async (claimed?: Claim) => {
        const { foreign, containers } = await bench.engine.snapshot(claimed);
        expect(containers.map((container) => container.id)).not.toContain(id);
        return foreign.find((container) => container.id === id);
      };
      const compose = { project, service: "composed", slot: 1 };
      expect(await seen()).toMatchObject({ name: "contract_composed_1", compose, facts: undefined });
      expect((await seen(claim))?.facts).toMatchObject({
        id,
        name: "contract_composed_1",
        state: "created",
        restartPolicy: spec.container.restart,
      });
      await bench.engine.removeContainer(id);
      expect(await seen(claim)).toBeUndefined();
    });

    it("can be run, renamed and removed once it is claimed, and what becomes of it is seen", async () => {
      const id = await bench.stage.compose("contract_run_1", serviceSpec("run", bench.plain), bench.plain);
      const facts = async () => (await bench.engine.snapshot(claim)).foreign.find((one) => one.id === id)?.facts;
      await facts();
      await bench.engine.startContainer(id);
      expect(await facts()).toMatchObject({ state: "running" });
      const off = { name: "no", maximumRetryCount: 0 } as const;
      await bench.engine.setRestartPolicy(id, off);
      await bench.engine.renameContainer(id, "contract_run_1.previous");
      await bench.engine.stopContainer(id, 2000);
      expect(await facts()).toMatchObject({ name: "contract_run_1.previous", state: "exited", restartPolicy: off });
      await bench.engine.removeContainer(id);
      expect(await facts()).toBeUndefined();
    });

    it("is compared with what would be created for a spec, whatever the restart policy", async () => {
      const environment = variables({ MODE: "blue", EMPTY: "" });
      const spec = serviceSpec("compared", bench.good, { environment, labels: { own: "label" } });
      const id = await bench.stage.compose("contract_compared_1", spec, bench.good);
      const differences = (wanted: typeof spec) =>
        bench.engine.differences(id, creation(wanted, bench.good, undefined, "contract_compared_1"));
      expect(await differences(spec)).toEqual([]);
      const { container } = spec;
      const restart = { name: "always", maximumRetryCount: 0 } as const;
      expect(await differences({ ...spec, container: { ...container, restart } })).toEqual([]);
      const changed = {
        ...container,
        environment: variables({ MODE: "green", MORE: "x" }),
        labels: {},
        user: "1000",
        command: ["serve"],
      };
      expect(await differences({ ...spec, container: changed })).toEqual([
        "command",
        "environment.EMPTY",
        "environment.MODE",
        "environment.MORE",
        "labels.own",
        "user",
      ]);
      await bench.engine.removeContainer(id);
      await expect(differences(spec)).rejects.toMatchObject({ code: "ContainerGone" });
    });

    it("is told in a file's words beside what would be created for a spec, without the environment's values", async () => {
      const environment = variables({ MODE: "blue", KEPT: "as it is" });
      const spec = serviceSpec("likened", bench.good, { environment, labels: { own: "label" } });
      const id = await bench.stage.compose("contract_likened_1", spec, bench.good);
      const likeness = (wanted: typeof spec) =>
        bench.engine.likeness(id, creation(wanted, bench.good, undefined, "contract_likened_1"));
      const same = await likeness(spec);
      expect(same.wanted).toEqual(same.is);
      expect(same.is).toMatchObject({ environment: { KEPT: "[hidden]", MODE: "[hidden]" }, labels: { own: "label" } });
      expect(await bench.engine.likeness(id)).toEqual({ is: same.is });
      const changed = {
        ...spec.container,
        environment: { ...environment, ...variables({ MODE: "green" }) },
        labels: {},
        user: "1000",
      };
      const { is, wanted } = await likeness({ ...spec, container: changed });
      expect(is).toEqual(same.is);
      expect(wanted).toMatchObject({ user: "1000", environment: { KEPT: "[hidden]", MODE: "[hidden, another one]" } });
      expect(wanted).not.toHaveProperty("labels");
      expect(JSON.stringify([is, wanted])).not.toMatch(/blue|green|as it is/);
      await bench.engine.removeContainer(id);
      await expect(likeness(spec)).rejects.toMatchObject({ code: "ContainerGone" });
    });

    it("costs a steady look nothing beyond the one list", async () => {
      const end = new AbortController();
      const watching = bench.engine.watch(() => undefined, end.signal);
      const id = await bench.stage.compose("contract_steady_1", serviceSpec("steady", bench.plain), bench.plain);
      await bench.calm(claim);
      const before = bench.stage.counts();
      await bench.engine.snapshot(claim);
      const after = bench.stage.counts();
      expect(after).toEqual({ ...before, lists: before.lists + 1 });
      end.abort();
      await watching;
      await bench.engine.removeContainer(id);
    });
  });
}
