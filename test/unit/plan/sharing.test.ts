import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../src/compose/model/service.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { containerIn, desire, hostWith, imageOf, now, planText, specOf } from "./world.js";

const images = [imageOf("a", [1]), imageOf("b", [2]), imageOf("d")];
const at = (...containers: readonly ObservedContainer[]) => hostWith(containers, { images });
const media = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "d", 1, { service: "media", id: "id-media", name: "shop-media-1", ...patch });
const newer = media({ id: "id-media-2", createdAt: now - 5_000 });
const restarted = media({ startedAt: now - 10_000 });
const down = media({ state: "exited", exitCode: 1, finishedAt: now - 2_000 });

const specFor = (container: Partial<ContainerSpec>, order: "auto" | "start-first" = "auto") =>
  specOf({ container, update: { order } });
const ipc = specFor({ namespaces: { ipc: { service: "media" } } });
const pid = specFor({ namespaces: { pid: { service: "media" } } });
const volumes = specFor({ volumesFrom: [{ service: "media", readOnly: false }] });
const web = (owners: ObservedContainer["owners"], patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "a", 1, { startedAt: now - 30_000, ...(owners === undefined ? {} : { owners }), ...patch });
const next = (owners: ObservedContainer["owners"], patch: Partial<ObservedContainer> = {}) =>
  containerIn("next", "b", 2, { startedAt: now - 3_000, ...(owners === undefined ? {} : { owners }), ...patch });
const inIpc = { ipc: ["id-media"] };
const inPid = { pid: ["id-media"] };
const withVolumes = { volumes: ["id-media"] };

describe("a container that shares something of another service's", () => {
  it("is created with it, and waits for it", () => {
    expect(planText({ desired: desire("a", pid), host: at() })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: media is not running yet
      "
    `);
    expect(planText({ desired: desire("a", pid), host: at(media({ role: "next", name: "shop-media-1.next" })) }))
      .toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: media has no proven container yet whose PID namespace could be shared
      "
    `);
    const spec = specFor({
      namespaces: { ipc: { service: "media" }, pid: { service: "media" } },
      volumesFrom: [{ service: "media", readOnly: true }],
    });
    expect(planText({ desired: desire("a", spec), host: at(media()) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web in the IPC namespace of shop-media-1, in the PID namespace of shop-media-1, with the volumes of shop-media-1 (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service shares memory with media
      "
    `);
  });

  it.each([
    ["memory", ipc, "stop-first: the service shares memory with media"],
    ["volumes that it writes to", volumes, "stop-first: the service writes to the volumes of media"],
    ["volumes that it reads", specFor({ volumesFrom: [{ service: "media", readOnly: true }] }), "start-first"],
    ["processes", pid, "start-first"],
    ["memory, and start-first is asked for", specFor(ipc.container, "start-first"), "start-first"],
    ["volumes, and start-first is asked for", specFor(volumes.container, "start-first"), "start-first"],
  ])("replaces the old one as it does with state of its own: %s", (_what, spec, order) => {
    expect(planText({ desired: desire("a", spec), host: at(media()) })).toContain(`sha256:aaaaaaaaaaaa, ${order}`);
  });

  it.each([
    ["an IPC namespace", ipc, inIpc, "the IPC namespace to share is now that of shop-media-1"],
    ["a PID namespace", pid, inPid, "the PID namespace to share is now that of shop-media-1"],
    ["volumes", volumes, withVolumes, "the volumes to share are now those of shop-media-1"],
  ])("is created anew for %s of a new container, and only then", (_what, spec, owners, cause) => {
    expect(planText({ desired: desire("a", spec), host: at(web(owners), media()) })).toContain("=> converged");
    expect(planText({ desired: desire("a", spec), host: at(web(owners), newer) })).toContain(cause);
    expect(planText({ desired: desire(undefined, spec), host: at(web(owners), newer) })).toContain(cause);
    expect(planText({ desired: desire("a", spec), host: at(web(undefined), media()) }), "never shared").toContain(
      cause,
    );
  });

  it("is started again for a namespace that a restart has re-created; volumes stay what they are", () => {
    expect(planText({ desired: desire("a", ipc), host: at(web(inIpc), restarted) })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1, within 10s (shop-media-1 was started again, and its IPC namespace is a new one)
      2. start shop-web-1 (shop-media-1 was started again, and its IPC namespace is a new one)
      => continue: Restarting: shop-media-1 was started again, and its IPC namespace is a new one
      "
    `);
    expect(planText({ desired: desire("a", volumes), host: at(web(withVolumes), restarted) })).toContain(
      "=> converged",
    );
  });

  it("waits with its own start for what it shares to run; with volumes it needs nobody", () => {
    const over = { state: "exited", exitCode: 137, finishedAt: now - 1_000 } as const;
    expect(planText({ desired: desire("a", pid), host: at(web(inPid, over), down) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: shop-web-1 shares the PID namespace of media, which does not run
      "
    `);
    expect(planText({ desired: desire("a", volumes), host: at(web(withVolumes, over), down) })).toContain(
      "start shop-web-1 (it ended (exit code 137))",
    );
  });

  it("takes volumes of what has run to its end", () => {
    const spec = {
      ...volumes,
      dependsOn: [{ service: "media", condition: "service_completed_successfully" as const }],
    };
    const ended = media({ state: "exited", exitCode: 0, finishedAt: now - 2_000 });
    expect(planText({ desired: desire("a", spec), host: at(ended) })).toContain("with the volumes of shop-media-1");
  });

  it("is not judged by what befalls it with the owner, before it has proved itself", () => {
    const killed = { state: "exited", exitCode: 137, finishedAt: now - 1_000 } as const;
    const host = (owner: ObservedContainer) => at(web(inPid), next(inPid, killed), owner);
    expect(planText({ desired: desire("b", pid), host: host(down) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: shop-web-1.next shares the PID namespace of media, which does not run
      "
    `);
    expect(planText({ desired: desire("b", pid), host: host(media({ startedAt: now - 500 })) })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (shop-media-1 was started again, and its PID namespace is a new one)
      => continue: Restarting: shop-media-1 was started again, and its PID namespace is a new one
      "
    `);
    expect(planText({ desired: desire("b", pid), host: host(media()) }), "its own fault").toContain("hold sha256:b");
    expect(planText({ desired: desire("b", pid), host: host(newer) })).toContain("remove shop-web-1.next");
  });

  it("is stopped first to live in a namespace that was re-created, before it has proved itself", () => {
    expect(planText({ desired: desire("b", ipc), host: at(next(inIpc), media({ startedAt: now - 500 })) }))
      .toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (shop-media-1 was started again, and its IPC namespace is a new one)
      2. start shop-web-1.next (shop-media-1 was started again, and its IPC namespace is a new one)
      => continue: Restarting: shop-media-1 was started again, and its IPC namespace is a new one
      "
    `);
    expect(planText({ desired: desire("b", ipc), host: at(next(inIpc), media()) })).toContain(
      "=> wait: WaitingForHealth",
    );
  });

  it("that is meant to end is not started again for it", () => {
    const spec = { ...ipc, oneShot: true };
    const renewed = media({ startedAt: now - 500 });
    expect(planText({ desired: desire("b", spec), host: at(next(inIpc), renewed) })).toContain("WaitingForCompletion");
    const done = next(inIpc, { state: "exited", exitCode: 0, finishedAt: now - 1_000 });
    expect(planText({ desired: desire("b", spec), host: at(done, renewed) })).toContain("it has completed");
  });
});
