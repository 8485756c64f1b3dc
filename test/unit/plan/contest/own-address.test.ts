import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Intent } from "../../../../src/plan/model/intent.js";
import type { ForeignContainer, ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Plan } from "../../../../src/plan/model/outcome.js";
import { claimOf } from "../../../../src/plan/model/host/resources.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { compile } from "../../../../src/plan/steps/compile.js";
import { containerIn, defaultNetwork, desire, foreignContainer, hostWith, imageOf, specOf } from "../world.js";

const network = "shop_default";
const [two, three] = [
  { network, address: "10.0.0.2" },
  { network, address: "10.0.0.3" },
];
const settings = { gatewayPriority: 1, ipv4Address: two.address };
const dns = specOf({ networks: [{ network: defaultNetwork, aliases: ["web"], settings }] });
const app = specOf({ name: "app", networks: [{ network: defaultNetwork, aliases: ["app"] }] });

const active = (patch: Partial<ObservedContainer> = {}) => containerIn("active", "b", 1, patch);
const lost = { networks: [] } as const;
const elsewhere = { networks: [{ network, aliases: ["web"] }], chosenAddresses: [three] };
const earlier = { ...lost, specHash: "earlier", id: "earlier", startedAt: 999_000 };
/** It has the address by chance, for it was made when the file said nothing of any. */
const trial = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("next", "b", 2, {
    ...{ id: "trial", specHash: "later", startedAt: 999_000 },
    ...{ networks: [{ network, aliases: [] }], chosenAddresses: [two] },
    ...patch,
  });
const neighbour = (patch: Partial<ObservedContainer>) =>
  containerIn("active", "a", 1, { id: "app", service: "app", name: "shop-app-1", ...patch });
const stranger = foreignContainer("pihole", { addresses: [two] });

function planned(containers: readonly ObservedContainer[], ...others: readonly (ForeignContainer | "unknown")[]): Plan {
  const foreign = others.filter((one) => one !== "unknown");
  const host = hostWith(containers, { foreign, images: [imageOf("b", [1, 2])] });
  const view = { ...viewOf(host, dns, new Map()), claims: [claimOf(dns), claimOf(app)] };
  return plan(desire(others.includes("unknown") ? undefined : "b", dns), view, emptyMemory);
}

/** What is done about where one is, in order, and what it asks for. */
function moves({ steps }: Plan, container = "shop-web-1"): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "disconnect-network" && step.container === container) return ["leave"];
    if (step.kind !== "connect-network" || step.container !== container) return [];
    return [`join ${JSON.stringify(step.settings)}`];
  });
}

const asking = `join ${JSON.stringify(settings)}`;
const withoutAddress = `join ${JSON.stringify({ gatewayPriority: 1 })}`;

describe("one that has lost its network asks there for the address of its file", () => {
  it.each([
    ["which is free", [active(lost)], []],
    ["which the engine has given to another service", [active(lost), neighbour({ chosenAddresses: [two] })], []],
    ["which a stranger has: that is told, and it is tried again", [active(lost)], [stranger]],
  ])("%s", (_what, containers, foreign) => {
    expect(moves(planned(containers, ...foreign))).toEqual([asking]);
  });

  it("though the file has changed since, where the image of that is not known", () => {
    expect(moves(planned([active(earlier)], "unknown"))).toEqual([asking]);
    expect(moves(planned([active(earlier), neighbour({ chosenAddresses: [two] })], "unknown"))).toEqual([asking]);
  });
});

describe("one that has lost its network takes what it is given", () => {
  it.each([
    ["its own successor has that address", [active(lost), trial()], []],
    ["so, fixed to it", [active(earlier), trial({ specHash: "H", chosenAddresses: [], fixedAddresses: [two] })], []],
    ["its file has changed since, and a stranger has it", [active(earlier)], [stranger]],
    ["so, and another service has it", [active(earlier), neighbour({ fixedAddresses: [two] })], []],
  ])("where %s", (_what, containers, foreign) => {
    expect(moves(planned(containers, ...foreign))).toEqual([withoutAddress]);
  });

  it("but what is stopped before it starts hinders nobody", () => {
    const stopped = active({ ...earlier, state: "exited", exitCode: 0 });
    const failed = trial({ specHash: "H", health: "unhealthy" });
    const back = planned([stopped, failed]);
    expect(back.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["stop-container", "start-container"]));
    expect(moves(back)).toEqual([asking]);
    expect(moves(planned([stopped, { ...failed, chosenAddresses: [] }], stranger))).toEqual([withoutAddress]);
  });

  it("but not where that one is stopped between its join and its start", () => {
    const next = containerIn("next", "a", 1, { specHash: "earlier", state: "exited", fixedAddresses: [two] });
    const serving = active({ fixedAddresses: [two] });
    const view = viewOf(hostWith([next, serving]), dns, new Map());
    const because = "";
    const end = {
      kind: "connect-network",
      container: next.name,
      network,
      aliases: ["web"],
      settings,
      because,
    } as const;
    const joined = { kind: "join", one: next, named: true, ends: [end] } as const;
    const stop = { kind: "end", one: serving, graceMs: 0, because } as const;
    const start = { kind: "start", one: next, because } as const;
    const outcome = { kind: "continue", reason: "RolloutStarted", because } as const;
    const site = { desired: desire("b", dns), view, staying: [], isUnserved: () => false, isWhole: () => true };
    const asked = (...intents: readonly Intent[]) => moves(compile({ intents, outcome }, site), next.name);
    expect(asked(joined, stop, start)).toEqual([asking]);
    expect(asked(joined, start, stop)).toEqual([withoutAddress]);
    expect(asked(joined), "it does not start").toEqual([asking]);
  });

  it("but one of today's file is started there or nowhere", () => {
    const next = containerIn("next", "b", 2, { ...lost, state: "created", startedAt: undefined });
    expect(
      moves(
        planned([next, active({ id: "other", role: "previous", state: "running", fixedAddresses: [two] })]),
        next.name,
      ),
    ).toEqual([asking]);
  });
});

describe("one that leaves its network for a moment, to have its names", () => {
  const nameless = { networks: [{ network, aliases: [] }] };
  it.each([
    [
      "keeps the address that it is fixed to",
      { fixedAddresses: [three] },
      { gatewayPriority: 1, ipv4Address: "10.0.0.3" },
    ],
    ["keeps that of its file, whether it is fixed to it or not", { chosenAddresses: [two] }, settings],
    ["does not ask for one of a later edit", { chosenAddresses: [three] }, { gatewayPriority: 1 }],
  ])("%s", (_what, its, asked) => {
    expect(moves(planned([active({ ...nameless, specHash: "earlier", ...its })], "unknown"))).toEqual([
      "leave",
      `join ${JSON.stringify(asked)}`,
    ]);
  });
});

describe("one under another address than its file says", () => {
  it("moves to its own as soon as it can have that, under its names", () => {
    const moved = planned([active(elsewhere)]);
    expect(moves(moved)).toEqual(["leave", asking]);
    expect(moved.steps).toContainEqual(expect.objectContaining({ kind: "connect-network", aliases: ["web"] }));
  });

  it("moves there too where one that does not run was fixed to it", () => {
    const previous = containerIn("previous", "a", 0, { fixedAddresses: [two] });
    expect(moves(planned([active(elsewhere), previous]))).toEqual(["leave", asking]);
  });

  it("stays where it is until its own successor has ended", () => {
    expect(moves(planned([active(elsewhere), trial()]))).toEqual([]);
  });

  it("moves there too where the engine has given it to another service, which makes room", () => {
    const both = planned([
      active(elsewhere),
      neighbour({ networks: [{ network, aliases: ["app"] }], chosenAddresses: [two] }),
    ]);
    expect(moves(both)).toEqual(["leave", asking]);
    expect(moves(both, "shop-app-1")).toEqual(["leave", "join undefined"]);
  });

  it("stays where it is while a stranger has its own, and that is told", () => {
    const { steps, outcome } = planned([active(elsewhere)], stranger);
    expect(moves({ steps, outcome })).toEqual([]);
    expect(outcome).toMatchObject({ kind: "wait", reason: "AddressConflict" });
    expect(outcome.because).toBe("address 10.0.0.2 on shop_default is that of pihole, which is not Fairlead's");
  });

  it.each([
    [
      "it has that one already, and the engine does not say that it is fixed",
      active({ ...elsewhere, chosenAddresses: [two] }),
    ],
    ["it does not run at this moment", active({ ...elsewhere, chosenAddresses: [], state: "restarting" })],
    ["the controller cannot do without it", active({ ...elsewhere, lifeline: "line" })],
  ])("stays where it is where %s", (_what, container) => {
    const { steps, outcome } = planned([container]);
    expect(moves({ steps, outcome })).toEqual([]);
    expect(outcome.kind).not.toBe("blocked");
  });

  it("stays where it is where its file has changed since", () => {
    expect(moves(planned([active({ ...elsewhere, specHash: "earlier" })], "unknown"))).toEqual([]);
  });
});
