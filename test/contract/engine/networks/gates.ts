import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProjectSpec, ServiceSpec } from "../../../../src/compose/model/service.js";
import { pinnedImage } from "../../../../src/compose/values/image.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import type { Gates } from "../../../../src/control/ports/gates.js";
import { withGates } from "../../../../src/gate/derive.js";
import type { GateState, ObservedRoute } from "../../../../src/plan/model/host/observed.js";
import { creation, networkSpec, project, serviceSpec } from "../service.js";
import type { StageImage } from "../stage.js";

/** Gates under test, on a host where they run. */
export interface GateStage {
  readonly engine: Engine;
  readonly gates: Gates;
  /** What gates run, and what their service runs; neither is on the host yet. */
  readonly proxy: StageImage;
  readonly app: StageImage;
  wait(ms: number): Promise<void>;
  /** The instant by the clock that the gates were given. */
  now(): number;
  close(): Promise<void>;
}

const port = 8080;

/** What every `Gates` must do, with a service `behind` of up to two replicas. */
export function gatesContract(name: string, open: () => Promise<GateStage>): void {
  describe(`gates: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof setUp>> | undefined;
    const set = () => {
      if (opened === undefined) throw new Error("the stage could not be made");
      return opened;
    };
    const route = async (server: string) => (await set().state()).routes.find((one) => one.server === server);

    beforeAll(async () => {
      opened = await setUp(await open());
    });
    afterAll(async () => {
      await opened?.stage.close();
    });

    it("know the way to the active container by themselves, and no other", async () => {
      const { active, until } = set();
      await until(({ routes }) => routes.some(({ server, address }) => server === "slot1" && address === active));
      expect(await route("slot1")).toEqual({ server: "slot1", address: active, open: true, sessions: 0 });
      expect(await route("next1")).toMatchObject({ open: false, sessions: 0 });
      expect(await route("next1")).not.toHaveProperty("address");
    });

    it("have seats for eight slots, those who are to replace them, and spare ones", async () => {
      const { routes } = await set().state();
      const names = ["slot", "next", "spare"].flatMap((seat) =>
        [...Array(8).keys()].map((index) => `${seat}${index + 1}`),
      );
      expect(routes.map(({ server }) => server).sort()).toEqual(names.sort());
    });

    it("go where they are told, and keep the address of what is closed", async () => {
      const { stage, gate, active, next } = set();
      await stage.gates.setRoutes(gate, [
        { server: "next1", address: next, open: true },
        { server: "slot1", open: false },
      ]);
      expect(await route("next1")).toEqual({ server: "next1", address: next, open: true, sessions: 0 });
      expect(await route("slot1")).toMatchObject({ server: "slot1", address: active, open: false, sessions: 0 });
    });

    it("say since when something is closed", async () => {
      const { stage } = set();
      await stage.wait(2_000);
      const { closedSince = 0 } = (await route("slot1")) ?? {};
      expect(stage.now() - closedSince).toBeGreaterThanOrEqual(1_000);
      expect(stage.now() - closedSince).toBeLessThan(30_000);
    });

    it("follow the name, even one that is closed", async () => {
      const { stage, ids, next, until } = set();
      await stage.engine.renameContainer(ids.active, `${project}-behind-1.previous`);
      await stage.engine.renameContainer(ids.next, `${project}-behind-1`);
      await until(({ routes }) => routes.some(({ server, address }) => server === "slot1" && address === next));
      expect(await route("slot1")).toMatchObject({ address: next, open: false });
      await stage.gates.setRoutes(set().gate, [
        { server: "slot1", address: next, open: true },
        { server: "next1", open: false },
      ]);
      expect(await route("slot1")).toEqual({ server: "slot1", address: next, open: true, sessions: 0 });
    });

    it("refuse a server that they do not have", async () => {
      const told = set().stage.gates.setRoutes(set().gate, [{ server: "slot99", open: true }]);
      await expect(told).rejects.toMatchObject({ name: "FairleadError" });
    });

    it("say which configuration they start with, also once it was written anew, and go on meanwhile", async () => {
      const { stage, gate, spec, more } = set();
      expect((await set().state()).config).toBe(spec.rewritable?.config);
      const before = (await set().state()).routes.map(withoutTime);
      await stage.engine.writeFiles(gate, more.rewritable?.files ?? []);
      expect(more.rewritable?.config).not.toBe(spec.rewritable?.config);
      expect((await set().state()).config).toBe(more.rewritable?.config);
      expect((await set().state()).routes.map(withoutTime)).toEqual(before);
    });

    it("that do not run do not answer", async () => {
      const { stage, gate } = set();
      await stage.engine.stopContainer(gate, 5_000);
      await expect(stage.gates.state(gate, stage.now())).rejects.toMatchObject({ name: "FairleadError" });
    });
  });
}

function withoutTime({ closedSince: _, ...route }: ObservedRoute): ObservedRoute {
  return route;
}

async function setUp(stage: GateStage) {
  const { engine, app, proxy } = stage;
  const never = new AbortController().signal;
  for (const { image, digest } of [app, proxy]) await engine.pull(pinnedImage(image, digest), never);
  const network = networkSpec("contract_gates");
  await engine.createNetwork({ kind: "create-network", network, project, because: "a test" });
  const behind = (replicas: number): ServiceSpec => ({
    ...serviceSpec("behind", app, { expose: [{ containerPort: port, protocol: "tcp" }] }),
    networks: [{ network, aliases: ["behind"] }],
    gate: { mode: "http", holdMs: 1_000, proxyProtocol: false },
    replicas,
  });
  const [service, spec] = derive(behind(1), proxy);
  const [, more] = derive(behind(2), proxy);
  const start = async (of: ServiceSpec, image: StageImage, name: string) => {
    const [first] = of.networks;
    if (first === undefined) throw new Error("it joins no network");
    const attach = { network: first.network.name, aliases: first.aliases };
    const id = await engine.createContainer(creation(of, image, attach, name));
    await engine.writeFiles(id, of.rewritable?.files ?? []);
    await engine.startContainer(id);
    return id;
  };
  const gate = await start(spec, proxy, `${project}-behind.gate-1`);
  const active = await start(service, app, `${project}-behind-1`);
  const next = await start(service, app, `${project}-behind-1.next`);
  const addressOf = async (id: string) => {
    const { location } = (await engine.snapshot()).containers.find((one) => one.id === id) ?? {};
    const [found] = location?.kind === "networks" ? location.addresses : [];
    if (found === undefined) throw new Error("it has no address");
    return found.address;
  };
  const state = () => stage.gates.state(gate, stage.now());
  const until = async (fits: (state: GateState) => boolean) => {
    for (let tries = 0; tries < 50 && !fits(await state().catch(() => nothing)); tries++) await stage.wait(200);
  };
  return {
    stage,
    spec,
    more,
    gate,
    ids: { active, next },
    active: await addressOf(active),
    next: await addressOf(next),
    state,
    until,
  };
}

const nothing: GateState = { config: "", routes: [] };

/** The service as it is behind its gate, and the gate. */
function derive(service: ServiceSpec, { image }: StageImage): readonly [ServiceSpec, ServiceSpec] {
  const whole: ProjectSpec = { name: project, file: "services.yaml", services: [service] };
  const [behind, gate] = withGates(whole, image).services;
  if (behind === undefined || gate === undefined) throw new Error("no gate was derived");
  return [behind, gate];
}
