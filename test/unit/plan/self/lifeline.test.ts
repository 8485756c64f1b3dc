import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Desired } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot, ObservedHelper } from "../../../../src/plan/model/host/host-snapshot.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { planRemoval } from "../../../../src/plan/rollout/removal.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, hostWith, imageOf, now, planText, specOf, stopFirst } from "../world.js";

const self = containerIn("active", "a", 1, { lifeline: "controller" });
const line = containerIn("active", "a", 1, { lifeline: "line" });
const withB = { images: [imageOf("a", [1], [self.id]), imageOf("b")] };

const helperOf = (patch: Partial<ObservedHelper> = {}): ObservedHelper => ({
  id: "helper",
  name: "shop-web-1.helper-id-active-1",
  project: "shop",
  service: "web",
  lifeline: "controller",
  of: self.id,
  originalRuns: true,
  state: "running",
  createdAt: now - 3_000,
  ...patch,
});

/** As the controller in `own` sees it, in office for so long, with those who stand by. */
function planned(
  desired: Desired,
  host: HostSnapshot,
  { own = self.id, ageMs = 60_000, standbys = [] as readonly string[] } = {},
) {
  const office = { ageMs, standbys: new Map(standbys.map((id) => [id, now - 2_000])) };
  const view = { ...viewOf({ ...host, own }, desired.spec, new Map()), office };
  return `\n${renderPlan(plan(desired, view, emptyMemory))}\n`;
}

describe("the container of the controller itself, where none can be made of it", () => {
  it("is not replaced under stop-first: nothing is begun", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([self], withB) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("is not replaced under start-first either: nothing is made that could not take over", () => {
    expect(planText({ desired: desire("b"), host: hostWith([self], withB) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume)
      "
    `);
  });
  it("has its new image pulled", () => {
    expect(planText({ desired: desire("b"), host: hostWith([self]) })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });
  it("is not ended for what an earlier version of it has begun", () => {
    const next = containerIn("next", "b", 2);
    expect(planText({ desired: desire("b"), host: hostWith([self, next], withB) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop-web-1 is about to leave: its successor takes over its names)
      "
    `);
  });
  it("is as good as any other while nothing is to be changed, and its policy is mended", () => {
    const bare = { ...self, restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;
    expect(planText({ desired: desire("a"), host: hostWith([bare]) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("loses what it has outlived", () => {
    const previous = containerIn("previous", "a", 1, { id: "old" });
    const older = containerIn("previous", "a", 1, { id: "older", name: "shop-web-2", slot: 2, state: "exited" });
    expect(planText({ desired: desire("a"), host: hostWith([{ ...self, revision: 2 }, previous, older]) }))
      .toMatchInlineSnapshot(`
      "
      1. remove shop-web-2 (one replica is wanted)
      => continue: Removing: one replica is wanted
      "
    `);
  });
  it("stays when its service leaves the file", () => {
    const view = viewOf(hostWith([self]), specOf(), new Map());
    expect(renderPlan(planRemoval({ project: "shop", name: "web" }, true, 1_000, view))).toMatchInlineSnapshot(
      `"=> blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop/web is in no services file any more)"`,
    );
  });
  it("is not one too many", () => {
    const second = { ...self, id: "second", slot: 2, name: "shop-web-2" };
    const first = containerIn("active", "a", 1);
    expect(planText({ desired: desire("a"), host: hostWith([first, second]) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-2 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-2\`: that one takes over and does it (wanted: shop-web-2 leaves before it is stopped)
      "
    `);
  });
  it("gets no other name on its network, which it would have to leave for that", () => {
    const nameless = { ...self, networks: [{ network: "shop_default", aliases: [] }] };
    expect(planText({ desired: desire("a"), host: hostWith([nameless]) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop-web-1 runs sha256:aaaaaaaaaaaa)
      "
    `);
  });
});

describe("the container through which the engine is reached", () => {
  it("is not replaced", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([line], withB) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: this controller reaches the engine through shop-web-1, and would cut its own line: start a second controller with --standby that reaches the engine in another way, then stop this one; or do it by hand and outside of the services file (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
});

describe("the container of the controller itself", () => {
  const due = hostWith([self], withB);

  it("is left to a helper: it is made, and awaited", () => {
    expect(planned(desire("b", stopFirst), due)).toMatchInlineSnapshot(`
      "
      1. create the helper shop-web-1.helper-id-active-1 from the container of this controller (shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate))
      2. start shop-web-1.helper-id-active-1 (it is to stand by)
      => wait: HandingOver: a helper is to take over: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
    expect(planned(desire("b", stopFirst), { ...due, helpers: [helperOf()] })).toMatchInlineSnapshot(`
      "
      => wait: HandingOver: shop-web-1.helper-id-active-1 is to stand by: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("is handed over once the helper stands by", () => {
    expect(planned(desire("b", stopFirst), { ...due, helpers: [helperOf()] }, { standbys: ["helper"] }))
      .toMatchInlineSnapshot(`
        "
        1. hand over to the controller in shop-web-1.helper-id-active-1 (shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate))
        => wait: HandingOver: shop-web-1.helper-id-active-1 takes over: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
        "
      `);
  });
  it("waits for one that has ended or could not be started, and tells of one that does not come up", () => {
    const with_ = (patch: Partial<ObservedHelper>) =>
      planned(desire("b", stopFirst), { ...due, helpers: [helperOf(patch)] }, { ageMs: 600_000 });
    expect(with_({ state: "exited" })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.helper-id-active-1 (it has ended, and is needed)
      => wait: HandingOver: shop-web-1.helper-id-active-1 is to take over: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
    expect(with_({ state: "created" })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.helper-id-active-1 (it could not be started, and is re-created)
      => continue: HandingOver: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
    expect(with_({ createdAt: now - 70_000 })).toMatchInlineSnapshot(`
      "
      => wait: OwnLifeline: shop-web-1.helper-id-active-1 does not stand by (\`docker logs shop-web-1.helper-id-active-1\` says why): shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
    expect(with_({ createdAt: now - 310_000 })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1.helper-id-active-1 to no (it does not stand by, and is re-created)
      2. stop shop-web-1.helper-id-active-1, within 10s (it does not stand by, and is re-created)
      3. remove shop-web-1.helper-id-active-1 (it does not stand by, and is re-created)
      => continue: OwnLifeline: shop-web-1.helper-id-active-1 does not stand by (\`docker logs shop-web-1.helper-id-active-1\` says why): shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("makes one of its own where one of another container is there", () => {
    expect(planned(desire("b", stopFirst), { ...due, helpers: [helperOf({ of: "another" })] })).toMatchInlineSnapshot(`
      "
      1. create the helper shop-web-1.helper-id-active-1 from the container of this controller (shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate))
      2. start shop-web-1.helper-id-active-1 (it is to stand by)
      => wait: HandingOver: a helper is to take over: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("hands over less and less often to one that has given back", () => {
    const back = { ...due, helpers: [helperOf({ createdAt: now - 100_000 })] };
    expect(planned(desire("b", stopFirst), back, { ageMs: 1_000, standbys: ["helper"] })).toMatchInlineSnapshot(`
      "
      => wait: HandingOver: shop-web-1.helper-id-active-1: it has handed back without having done it, and is to try again in 48.5s: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("needs none any more: it goes", () => {
    const settled = hostWith([self], {
      helpers: [helperOf(), helperOf({ id: "old", name: "shop-web-1.helper-old", of: "x", state: "exited" })],
    });
    expect(planned(desire("a"), settled)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1.helper-id-active-1 to no (what it was made for is done)
      2. stop shop-web-1.helper-id-active-1, within 10s (what it was made for is done)
      3. remove shop-web-1.helper-id-active-1 (what it was made for is done)
      4. remove shop-web-1.helper-old (what it was made for is done)
      => continue: HandingOver: its helper goes: what it was made for is done
      "
    `);
  });
  it("finishes by itself what was left to it on trial", () => {
    const old = containerIn("active", "a", 1, { state: "exited", restartPolicy: { name: "no", maximumRetryCount: 0 } });
    const next = containerIn("next", "b", 2, { lifeline: "controller", networks: old.networks });
    const host = hostWith([old, next], { helpers: [helperOf()] });
    expect(planned(desire("b", stopFirst), host, { own: next.id })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      2. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("leaves its own end to a helper, on trial too", () => {
    const old = containerIn("active", "a", 1, { state: "exited", restartPolicy: { name: "no", maximumRetryCount: 0 } });
    const next = containerIn("next", "b", 2, { lifeline: "controller", networks: old.networks, health: "unhealthy" });
    expect(planned(desire("b", stopFirst), hostWith([old, next]), { own: next.id })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. create the helper shop-web-1.helper-id-next-2 from the container of this controller (shop-web-1.next is to be replaced, and it is the container of this very controller (wanted: its health check fails))
      3. start shop-web-1.helper-id-next-2 (it is to stand by)
      => wait: HandingOver: a helper is to take over: shop-web-1.next is to be replaced, and it is the container of this very controller (wanted: its health check fails)
      "
    `);
  });
  it("does not rename itself, nor mistakes the name that another one is to get for its own", () => {
    const next = containerIn("next", "b", 2, { networks: self.networks });
    const host = hostWith([self, next], { helpers: [helperOf()] });
    expect(planned(desire("b", stopFirst), host)).toMatchInlineSnapshot(`
      "
      => wait: HandingOver: shop-web-1.helper-id-active-1 is to stand by: shop-web-1 is to be replaced, and it is the container of this very controller (wanted: shop-web-1 leaves before it is stopped)
      "
    `);
  });
  it("is nobody's to replace where the engine keeps a restart policy for ever: the helper would never be gone", () => {
    const fixed = containerIn("active", "a", 1, { lifeline: "controller", restartFixed: true });
    expect(planned(desire("b", stopFirst), hostWith([fixed], withB))).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("is nobody's to replace where no replica is wanted, or it is to be stopped", () => {
    const none = { ...stopFirst, replicas: 0 };
    expect(planned(desire("a", none), hostWith([self]))).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: 0 replicas are wanted)
      "
    `);
    const stopped = { ...stopFirst, stopped: true as const };
    expect(planned(desire("a", stopped), hostWith([self]))).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot end itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: the file says \`stopped\`: it is off until it says otherwise)
      "
    `);
  });
});

describe("a helper", () => {
  const old = containerIn("active", "a", 1);
  const gone = { ...old, state: "exited", restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;
  const helper = helperOf({ of: old.id });
  const as = { own: helper.id };
  const on = (...containers: Parameters<typeof hostWith>[0]) => hostWith(containers, { ...withB, helpers: [helper] });

  it("rolls the service out like any other, and lets the engine try the new one again if it is killed", () => {
    expect(planned(desire("b", stopFirst), on(old), as)).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. set the restart policy of shop-web-1.next to on-failure (the engine starts it again up to 2 times if it is killed)
      5. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      6. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });
  it("waits until the new controller stands by, however well it is", () => {
    const next = containerIn("next", "b", 2, { networks: old.networks });
    expect(planned(desire("b", stopFirst), on(gone, next), as)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: it does not stand by as the next controller yet
      "
    `);
  });
  it("hands over to it then, with the old one as the way back", () => {
    const next = containerIn("next", "b", 2, { networks: old.networks });
    expect(planned(desire("b", stopFirst), on(gone, next), { ...as, standbys: [next.id] })).toMatchInlineSnapshot(`
      "
      1. hand over to the controller in shop-web-1.next (it has proved itself in all but the office)
      => wait: HandingOver: shop-web-1.next takes over: it has proved itself in all but the office
      "
    `);
  });
  it("gives it the service's names first", () => {
    const next = containerIn("next", "b", 2);
    expect(planned(desire("b"), on(gone, next), { ...as, standbys: [next.id] })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      => continue: Promoting: it has proved itself in all but the office
      "
    `);
  });
  it("takes back the service from one that never stands by", () => {
    const next = containerIn("next", "b", 2, { networks: old.networks, startedAt: now - 70_000 });
    expect(planned(desire("b", stopFirst), on(gone, next), as)).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (it does not stand by as the next controller, though it has been well for long enough)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (roll back: it does not stand by as the next controller, though it has been well for long enough)
      5. rename shop-web-1.next to shop-web-1.failed (it does not stand by as the next controller, though it has been well for long enough; it is kept for inspection)
      => continue: NotStandingBy: it does not stand by as the next controller, though it has been well for long enough
      "
    `);
  });
  it("lets one that was killed come back", () => {
    const tries = { name: "on-failure", maximumRetryCount: 2 } as const;
    const next = containerIn("next", "b", 2, { state: "restarting", exitCode: 137, restartPolicy: tries });
    expect(planned(desire("b", stopFirst), on(gone, next), as)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: it ended with exit code 137 and is tried again
      "
    `);
  });
  it("gives way once all is as it is to be, and to nobody who does not stand by", () => {
    expect(planned(desire("a"), on(old), { ...as, standbys: [old.id] })).toMatchInlineSnapshot(`
      "
      1. hand over to the controller in shop-web-1 (what this helper was made for is done)
      => wait: HandingOver: shop-web-1 takes over: what this helper was made for is done
      "
    `);
    expect(planned(desire("a"), on(old), as)).toMatchInlineSnapshot(`
      "
      => wait: HandingOver: this helper waits for a controller that stands by (shop-web-1 runs sha256:aaaaaaaaaaaa)
      "
    `);
  });
  it("ends nothing of a service that leaves the file", () => {
    const office = { ageMs: 0, standbys: new Map([[old.id, now]]) };
    const view = { ...viewOf({ ...on(old), own: helper.id }, specOf(), new Map()), office };
    expect(renderPlan(planRemoval({ project: "shop", name: "web" }, true, 1_000, view))).toMatchInlineSnapshot(`
      "1. hand over to the controller in shop-web-1 (shop/web is in no services file any more)
      => wait: HandingOver: shop-web-1 takes over: shop/web is in no services file any more"
    `);
  });
});

describe("the line to the engine, with a socket", () => {
  const mounts = [{ type: "bind", source: "/var/run/docker.sock", target: "/engine.sock", readOnly: true }] as const;
  const proxy = containerIn("active", "a", 1, { lifeline: "line", mounts });
  const own = "controller";
  const helper = helperOf({ lifeline: "line", of: own });

  it("is left to a helper that has the socket itself", () => {
    expect(planned(desire("b", stopFirst), hostWith([proxy], withB), { own })).toMatchInlineSnapshot(`
      "
      1. create the helper shop-web-1.helper-controller from the container of this controller (shop-web-1 is to be replaced, and this controller reaches the engine through it (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate))
      2. start shop-web-1.helper-controller (it is to stand by)
      => wait: HandingOver: a helper is to take over: shop-web-1 is to be replaced, and this controller reaches the engine through it (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("has proved itself when the controller has come through it", () => {
    const old = containerIn("active", "a", 1, { mounts, state: "exited" });
    const next = containerIn("next", "b", 2, { mounts, networks: proxy.networks, startedAt: now - 10_000 });
    const host = hostWith([old, next], { helpers: [helper] });
    expect(planned(desire("b", stopFirst), host, { own: helper.id })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: no controller has come through it yet
      "
    `);
    expect(planned(desire("b", stopFirst), host, { own: helper.id, standbys: [own] })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      3. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      4. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("gives the office back to the controller", () => {
    const line = containerIn("active", "a", 1, { mounts });
    expect(planned(desire("a"), hostWith([line], { helpers: [helper] }), { own: helper.id, standbys: [own] }))
      .toMatchInlineSnapshot(`
      "
      1. hand over to the controller in controller (what this helper was made for is done)
      => wait: HandingOver: controller takes over: what this helper was made for is done
      "
    `);
  });
});
