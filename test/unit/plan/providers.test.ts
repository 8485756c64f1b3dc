import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { lostNamespace } from "../../../src/plan/bonds/bonds.js";
import type { ContainerFacts, ForeignContainer, ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { containerIn, desire, foreignContainer, hostWith, imageOf, now, planText, specOf } from "./world.js";

const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2], ["id-next-2"])];
const id = "f".repeat(64);

/** A container named `vpn` that others run. */
function vpn(patch: Partial<ContainerFacts> = {}): ForeignContainer {
  const {
    project: _project,
    service: _service,
    role: _role,
    slot: _slot,
    specHash: _hash,
    digest: _digest,
    image: _image,
    revision: _revision,
    declaredRestart: _restart,
    ...facts
  } = containerIn("active", "d", 1, { id, name: "vpn", ...patch });
  return foreignContainer("vpn", { id: facts.id, facts });
}

const kinds: readonly (readonly [string, ServiceSpec, keyof NonNullable<ObservedContainer["owners"]>])[] = [
  ["the network", specOf({ networks: [], networkMode: { kind: "container", container: "vpn" } }), "network"],
  ["the IPC namespace", specOf({ container: { namespaces: { ipc: "container:vpn" } } }), "ipc"],
  ["the PID namespace", specOf({ container: { namespaces: { pid: "container:vpn" } } }), "pid"],
];
const volumes = specOf({ container: { volumesFrom: ["vpn"] } });
const network = kinds[0]![1];
const on = (provider: ForeignContainer | undefined, ...containers: readonly ObservedContainer[]) =>
  hostWith(containers, { images, foreign: provider === undefined ? [] : [provider] });
const web = (shared: keyof NonNullable<ObservedContainer["owners"]>, patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "a", 1, { owners: { [shared]: [id] }, startedAt: now - 30_000, ...patch });
const gone = { state: "exited", exitCode: 137, finishedAt: now - 1_000 } as const;

describe.each(kinds)("a container that shares %s of one that the file names", (what, spec, shared) => {
  it("waits for it, and is created with it by its id", () => {
    expect(planText({ desired: desire("a", spec), host: on(undefined) })).toContain(
      `=> wait: WaitingForDependency: there is no container vpn whose ${what.slice(4)} could be shared`,
    );
    expect(planText({ desired: desire("a", spec), host: on(vpn(gone)) })).toContain(
      `=> wait: WaitingForDependency: the container vpn does not run`,
    );
    const text = planText({ desired: desire("a", spec), host: on(vpn()) });
    expect(text).toContain(`in ${what} of vpn`);
    expect(text).toContain(shared === "pid" ? "start-first" : "stop-first");
  });

  it("is left as it is while that one runs", () => {
    expect(planText({ desired: desire("a", spec), host: on(vpn(), web(shared)) })).toContain("=> converged");
  });

  it("is created anew when that one was", () => {
    const other = vpn({ id: "e".repeat(64), createdAt: now - 1_000, startedAt: now - 900 });
    const text = planText({ desired: desire("a", spec), host: on(other, web(shared)) });
    expect(text).toContain(`the ${what.slice(4)} to share is now that of vpn`);
    expect(planText({ desired: desire(undefined, spec), host: on(other, web(shared)) }), "a silent registry").toContain(
      "create shop-web-1.next",
    );
  });

  it("is started again when that one was", () => {
    const again = vpn({ startedAt: now - 10_000 });
    expect(planText({ desired: desire("a", spec), host: on(again, web(shared)) })).toContain(
      `start shop-web-1 (vpn was started again, and its ${what.slice(4)} is a new one)`,
    );
  });

  it("waits, and is not well, while that one is missing or does not run", () => {
    const missing = on(undefined, web(shared));
    expect(planText({ desired: desire("a", spec), host: missing })).toMatch(
      /=> wait: WaitingForDependency: shop-web-1 shares the .* of the container vpn, which is gone/,
    );
    expect(planText({ desired: desire("a", spec), host: on(vpn(gone), web(shared)) })).toMatch(
      /=> wait: WaitingForDependency: shop-web-1 shares the .* of vpn, which does not run/,
    );
    expect(planText({ desired: desire("a", spec), host: on(undefined, web(shared, gone)) }), "it has ended").toMatch(
      /^\n=> wait: WaitingForDependency/,
    );
    const lost = (host: ReturnType<typeof on>) => lostNamespace(spec, viewOf(host, spec, new Map()));
    expect(lost(missing)).toContain("which is gone");
    expect(lost(on(vpn(gone), web(shared)))).toContain("does not run");
    expect(lost(on(vpn({ id: "e".repeat(64) }), web(shared)))).toContain("a container that was called vpn and is gone");
    expect(lost(on(vpn({ startedAt: now - 10_000 }), web(shared)))).toContain("was started again");
    expect(lost(on(vpn(), web(shared)))).toBeUndefined();
    expect(lost(on(undefined)), "nothing serves").toBeUndefined();
  });
});

describe("volumes of a container that the file names", () => {
  it("are taken from it, running or not, and stay what they are", () => {
    expect(planText({ desired: desire("a", volumes), host: on(vpn(gone)) })).toContain("with the volumes of vpn");
    expect(planText({ desired: desire("a", volumes), host: on(undefined) })).toContain("there is no container vpn");
    const kept = web("volumes");
    for (const provider of [vpn(), vpn(gone), undefined, vpn({ startedAt: now - 10_000 })]) {
      expect(planText({ desired: desire("a", volumes), host: on(provider, kept) })).toContain("=> converged");
    }
    const other = vpn({ id: "e".repeat(64) });
    expect(planText({ desired: desire("a", volumes), host: on(other, kept) })).toContain(
      "the volumes to share are now those of vpn",
    );
  });

  it.each([
    ["vpn", "stop-first: the service writes to the volumes of vpn"],
    ["vpn:rw", "stop-first: the service writes to the volumes of vpn"],
    ["vpn:ro", "start-first"],
  ])("%s", (from, order) => {
    const spec = specOf({ container: { volumesFrom: [from] } });
    expect(planText({ desired: desire("a", spec), host: on(vpn()) })).toContain(`sha256:aaaaaaaaaaaa, ${order}`);
  });
});

describe("the container that is meant", () => {
  const of = (container: string) => specOf({ networks: [], networkMode: { kind: "container", container } });
  it.each([["vpn"], [id], [id.slice(0, 12)]])("is found by %s", (reference) => {
    expect(planText({ desired: desire("a", of(reference)), host: on(vpn()) })).toContain("in the network of vpn");
  });

  it("may be one of ours, of another project", () => {
    const ours = containerIn("active", "d", 1, { project: "net", service: "vpn", name: "net-vpn-1", id });
    const text = planText({ desired: desire("a", of("net-vpn-1")), host: on(undefined, ours) });
    expect(text).toContain("in the network of net-vpn-1");
  });

  it("is none where several would do", () => {
    const twin = { ...vpn({ id: `f${"e".repeat(63)}`, name: "other" }), name: "other" };
    const host = hostWith([], { images, foreign: [vpn(), twin] });
    expect(planText({ desired: desire("a", of("ffffff")), host })).toContain("in the network of vpn");
    expect(planText({ desired: desire("a", of("f")), host })).toContain("there is no container f");
  });

  it("stops the old one first, whatever the file says of the order", () => {
    const spec = specOf({
      networks: [],
      networkMode: { kind: "container", container: "vpn" },
      update: { order: "start-first" },
    });
    expect(planText({ desired: desire("b", spec), host: on(vpn(), web("network")) })).toMatch(
      /stop shop-web-1, .*\n.*start shop-web-1.next/,
    );
  });

  it("does not judge a new one by what befalls it without the provider", () => {
    const next = containerIn("next", "b", 2, { owners: { network: [id] }, ...gone });
    expect(planText({ desired: desire("b", network), host: on(vpn(gone), next) })).toContain(
      "=> wait: WaitingForDependency",
    );
  });
});
