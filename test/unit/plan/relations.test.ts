import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { forecast } from "../../../src/plan/forecast.js";
import type { KnownDependency } from "../../../src/plan/model/dependency.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import { fleet } from "./fleet.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, specOf } from "./world.js";

const images = [imageOf("a", [1]), imageOf("b", [2]), imageOf("d")];
const at = (containers: readonly ObservedContainer[], patch: Partial<HostSnapshot> = {}) =>
  hostWith(containers, { images, ...patch });
const of = (service: string, patch: Partial<ObservedContainer> = {}, role: "active" | "next" | "failed" = "active") =>
  containerIn(role, "d", 1, { service, id: `id-${service}`, name: `shop-${service}-1`, ...patch });
const completed = { state: "exited", exitCode: 0, startedAt: now - 50_000, finishedAt: now - 40_000 } as const;

function textWith(spec: ServiceSpec, host: HostSnapshot, known: Readonly<Record<string, KnownDependency>>): string {
  const view = viewOf(host, spec, new Map(), { now, known: new Map(Object.entries(known)) });
  return `\n${renderPlan(plan(desire("a", spec), view, emptyMemory))}\n`;
}

describe("a dependency that has to complete", () => {
  const spec = specOf({ dependsOn: [{ service: "migrate", condition: "service_completed_successfully" }] });
  const migrate = specOf({ name: "migrate", oneShot: true });
  it("is waited for, and the wait says why", () => {
    expect(planText({ desired: desire("a", spec), host: at([]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: migrate has not completed yet
      "
    `);
    const failed = of("migrate", { state: "exited", exitCode: 3 }, "next");
    expect(planText({ desired: desire("a", spec), host: at([failed]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: migrate has not completed yet: shop-migrate-1 ended with exit code 3
      "
    `);
    const fault = "sha256:d failed: it exited with code 3 after 1s";
    expect(textWith(spec, at([]), { migrate: { pending: false, fault } })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: migrate has not completed yet: sha256:d failed: it exited with code 3 after 1s
      "
    `);
  });
  it("lets the other begin once it has ended with exit code 0", () => {
    expect(planText({ desired: desire("a", spec), host: at([of("migrate", completed)]) })).toContain(
      "create shop-web-1",
    );
    expect(planText({ desired: desire("a", spec), host: at([of("migrate")]) })).toContain(
      "migrate has not completed yet",
    );
  });
  it("has to complete for the digest and the spec that are wanted now", () => {
    const host = at([of("migrate", completed)]);
    const begins = (desired: NonNullable<KnownDependency["desired"]>) =>
      textWith(spec, host, { migrate: { desired, pending: true } }).includes("create shop-web-1");
    expect(begins(desire("d", migrate))).toBe(true);
    expect(begins(desire("b", migrate))).toBe(false);
    expect(begins(desire("d", migrate, "H2"))).toBe(false);
    expect(begins(desire(undefined, migrate)), "the registry is silent").toBe(true);
    expect(begins("asking")).toBe(false);
    expect(begins(desire("d", { ...migrate, replicas: 2 })), "all of its replicas").toBe(false);
  });
});

describe("a dependency that is not required", () => {
  const spec = specOf({ dependsOn: [{ service: "cache", condition: "service_healthy", required: false }] });
  it("is done without where it is not there or not well, and the plan says so", () => {
    expect(planText({ desired: desire("a", spec), host: at([]) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume; it does without: cache is not healthy yet
      "
    `);
    const sick = of("cache", { health: "unhealthy" });
    expect(planText({ desired: desire("a", spec), host: at([sick]) })).toContain(
      "it does without: cache is not healthy yet: shop-cache-1 is unhealthy",
    );
  });
  it("is waited for as long as it may yet come", () => {
    const starting = of("cache", { health: "starting" });
    expect(planText({ desired: desire("a", spec), host: at([starting]) })).toContain("=> wait: WaitingForDependency");
    expect(textWith(spec, at([]), { cache: { pending: true } })).toContain("=> wait: WaitingForDependency");
    expect(textWith(spec, at([]), { cache: { pending: false, fault: "no such image" } })).toContain(
      "cache is not healthy yet: no such image",
    );
  });
});

describe("restart: true", () => {
  const spec = specOf({ dependsOn: [{ service: "db", condition: "service_healthy", restart: true }] });
  const web = containerIn("active", "a", 1, { startedAt: now - 30_000 });
  const db = (patch: Partial<ObservedContainer>) => of("db", { health: "healthy", ...patch });
  it("stops and starts after the dependency has a newer container, once that is well", () => {
    const newer = db({ createdAt: now - 20_000 });
    expect(planText({ desired: desire("a", spec), host: at([web, newer]) })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1, within 10s (db has a new container, and restart is true)
      2. start shop-web-1 (db has a new container, and restart is true)
      => continue: Restarting: db has a new container, and restart is true
      "
    `);
    const starting = { ...newer, health: "starting" as const };
    expect(planText({ desired: desire("a", spec), host: at([web, starting]) })).toContain("=> converged");
  });
  it("not again, and not for an older one", () => {
    const since = { ...web, startedAt: now - 10_000 };
    expect(planText({ desired: desire("a", spec), host: at([since, db({ createdAt: now - 20_000 })]) })).toContain(
      "=> converged",
    );
    expect(planText({ desired: desire("a", spec), host: at([web, db({ createdAt: now - 40_000 })]) })).toContain(
      "=> converged",
    );
    const dull = specOf({ dependsOn: [{ service: "db", condition: "service_healthy" }] });
    expect(planText({ desired: desire("a", dull), host: at([web, db({ createdAt: now - 20_000 })]) })).toContain(
      "=> converged",
    );
  });
  it("one replica after the other", () => {
    const many = { ...spec, replicas: 3 };
    const newer = db({ createdAt: now - 20_000 });
    const [one, ...rest] = fleet(3).containers.map((web) => ({ ...web, startedAt: now - 30_000 }));
    const text = (first: Partial<ObservedContainer>) =>
      planText({ desired: desire("a", many), host: at([{ ...one!, ...first }, ...rest, newer]) });
    expect(text({})).toContain("start shop-web-1");
    expect(text({})).not.toContain("start shop-web-2");
    expect(text({ startedAt: now - 1_000, health: "starting" })).toContain("=> converged");
    expect(text({ startedAt: now - 1_000 })).toContain("start shop-web-2");
    expect(text({ startedAt: now - 1_000 })).not.toContain("start shop-web-3");
  });
});

describe("a one-shot service", () => {
  const spec = specOf({ oneShot: true, container: { restart: { name: "on-failure", maximumRetryCount: 2 } } });
  const none = { restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;
  const next = (patch: Partial<ObservedContainer>) =>
    containerIn("next", "b", 2, { startedAt: now - 3_000, ...none, ...patch });
  const done = containerIn("active", "a", 1, { ...completed, ...none });
  it("runs, and the engine tries again what fails", () => {
    expect(planText({ desired: desire("a", spec), host: at([]) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1.next to on-failure (the engine tries it again while it fails)
      4. start shop-web-1.next (it is to run to its end)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    expect(planText({ desired: desire("b", spec), host: at([next({})]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForCompletion: it runs and has not completed yet
      "
    `);
    const again = next({ state: "restarting", exitCode: 1 });
    expect(planText({ desired: desire("b", spec), host: at([again]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForCompletion: it ended with exit code 1 and is tried again
      "
    `);
    const crashed = next({ state: "created", startedAt: undefined });
    expect(planText({ desired: desire("b", spec), host: at([crashed]) })).toContain(
      "set the restart policy of shop-web-1.next to on-failure",
    );
  });
  it("has done its work when it ends with exit code 0", () => {
    expect(planText({ desired: desire("b", spec), host: at([done, next(completed)]) })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      2. rename shop-web-1.next to shop-web-1 (it has completed)
      => continue: Promoting: it has completed
      "
    `);
    expect(planText({ desired: desire("a", spec), host: at([done]) })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 has completed with sha256:aaaaaaaaaaaa
      "
    `);
    const byHand = { ...done, state: "running" as const };
    expect(planText({ desired: desire("a", spec), host: at([byHand]) })).toContain("=> converged");
  });
  it("runs again for another digest or spec", () => {
    expect(planText({ desired: desire("b", spec), host: at([done]) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1.next to on-failure (the engine tries it again while it fails)
      4. start shop-web-1.next (it is to run to its end)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    expect(planText({ desired: desire("a", spec, "H2"), host: at([done]) })).toContain("create shop-web-1.next");
  });
  it("fails with another exit code: nothing old is started in its place", () => {
    const failed = next({ state: "exited", exitCode: 3, finishedAt: now - 1_000 });
    expect(planText({ desired: desire("b", spec), host: at([done, failed]) })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 3 after 2s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 3 after 2s
      "
    `);
    const holds = [hold("b")];
    expect(planText({ desired: desire("b", spec), host: at([done]), memory: { holds } })).toContain(
      "=> blocked: DigestHeld",
    );
    expect(planText({ desired: desire("b", spec), host: at([]), memory: { holds, stableDigest: digestOf("a") } }))
      .toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb is held: its health check fails
      "
    `);
  });
  it("is run again when it was stopped by somebody else, but not when it had ended well", () => {
    const stopped = next({ state: "exited", exitCode: 143, endedByRequest: true });
    expect(planText({ desired: desire("b", spec), host: at([stopped]) })).toContain("start shop-web-1.next");
  });
  it("gives way to a newer one without starting what had completed", () => {
    const text = planText({ desired: desire("d", spec), host: at([done, next({})]) });
    expect(text).toContain("remove shop-web-1.next");
    expect(text).not.toContain("start shop-web-1 ");
  });
  it("is foretold to its end", () => {
    const { lines, end } = forecast(desire("a", spec), at([]), emptyMemory);
    expect(lines).toContain("wait until it has completed");
    expect(end).toMatchObject({ kind: "converged" });
  });
});

describe("network_mode: service:X", () => {
  const spec = specOf({ networks: [], networkMode: { kind: "service", service: "vpn" } });
  const vpn = of("vpn");
  const web = (patch: Partial<ObservedContainer> = {}) =>
    containerIn("active", "a", 1, { networks: [], owners: { network: ["id-vpn"] }, startedAt: now - 30_000, ...patch });
  it("is created in the network of the container that serves, and waits for it", () => {
    expect(planText({ desired: desire("a", spec), host: at([]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: vpn is not running yet
      "
    `);
    expect(planText({ desired: desire("a", spec), host: at([of("vpn", {}, "next")]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: vpn has no proven container yet whose network could be shared
      "
    `);
    expect(planText({ desired: desire("a", spec), host: at([vpn]) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa in the network of shop-vpn-1 (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service opens its ports in the network of vpn
      "
    `);
  });
  it("is converged as long as that container is the same", () => {
    expect(planText({ desired: desire("a", spec), host: at([web(), vpn]) })).toContain("=> converged");
  });
  it("is created anew when that has been replaced, also while the registry is silent", () => {
    const host = at([web(), { ...vpn, id: "id-vpn-2" }]);
    expect(planText({ desired: desire("a", spec), host })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa in the network of shop-vpn-1 (the network to share is now that of shop-vpn-1)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service opens its ports in the network of vpn)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service opens its ports in the network of vpn
      "
    `);
    expect(planText({ desired: desire(undefined, spec), host })).toContain("create shop-web-1.next");
    const stale = containerIn("next", "a", 2, { networks: [], owners: { network: ["id-vpn"] } });
    expect(planText({ desired: desire("a", spec), host: at([stale, { ...vpn, id: "id-vpn-2" }]) })).toContain(
      "remove shop-web-1.next",
    );
  });
  it("is started again when that was", () => {
    expect(planText({ desired: desire("a", spec), host: at([web(), { ...vpn, startedAt: now - 10_000 }]) }))
      .toMatchInlineSnapshot(`
      "
      1. stop shop-web-1, within 10s (shop-vpn-1 was started again, and its network is a new one)
      2. start shop-web-1 (shop-vpn-1 was started again, and its network is a new one)
      => continue: Restarting: shop-vpn-1 was started again, and its network is a new one
      "
    `);
  });
  it("is not started while that does not run", () => {
    const over = web({ state: "exited", exitCode: 1, finishedAt: now - 1_000 });
    const down = { ...vpn, state: "exited" as const, exitCode: 1 };
    expect(planText({ desired: desire("a", spec), host: at([over, down]) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: shop-web-1 shares the network of vpn, which does not run
      "
    `);
    expect(planText({ desired: desire("a", spec), host: at([over]) })).toContain("serves no longer");
  });
  it("what failed in the network of an earlier container is tried in that of the new one", () => {
    const host = at([web(), { ...vpn, id: "id-vpn-2", createdAt: now - 5_000 }]);
    expect(planText({ desired: desire("a", spec), host, memory: { holds: [hold("a")] } })).toContain(
      "create shop-web-1.next",
    );
    const failed = containerIn("failed", "a", 2, { networks: [], owners: { network: ["id-vpn"] } });
    expect(planText({ desired: desire("a", spec), host: at([...host.containers, failed]) })).toContain(
      "create shop-web-1.next",
    );
  });
});
