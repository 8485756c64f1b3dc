import { describe, expect, it } from "vitest";
import { orphanedServices } from "../../../src/plan/host/orphans.js";
import type { Memory } from "../../../src/plan/model/desired.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { planRemoval } from "../../../src/plan/rollout/removal.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import {
  containerIn,
  desire,
  digestOf,
  foreignContainer,
  hold,
  hostWith,
  imageOf,
  now,
  planText,
  port8080,
  specOf,
  stopFirst,
} from "./world.js";

const created = { state: "created", startedAt: undefined } as const;
const ended = { state: "exited", finishedAt: now - 1_000, exitCode: 1, startedAt: now - 3_000 } as const;
const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };
const active = containerIn("active", "a", 1);
const stopped = containerIn("active", "a", 1, {
  state: "exited",
  finishedAt: now - 2_000,
  exitCode: 0,
  restartPolicy: { name: "no", maximumRetryCount: 0 },
});
const withB = { images: [imageOf("a", [1], ["id-active-1"]), imageOf("b")] };

describe("nothing of ours", () => {
  it("pulls first", () => {
    expect(planText({ desired: desire("a"), host: hostWith([]) })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:aaaaaaaaaaaa (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:aaaaaaaaaaaa is being pulled
      "
    `);
  });
  it("pulls for the platform that is declared", () => {
    const spec = specOf({ container: { platform: "linux/arm64" } });
    expect(planText({ desired: desire("a", spec), host: hostWith([]) })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:aaaaaaaaaaaa for linux/arm64 (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:aaaaaaaaaaaa is being pulled
      "
    `);
  });
  it("waits for a pull under way", () => {
    const pulls = new Map([[`acme/web@${digestOf("a")}`, { state: "running" as const }]]);
    expect(planText({ desired: desire("a"), host: hostWith([]), pulls })).toMatchInlineSnapshot(`
      "
      => wait: Pulling: acme/web@sha256:aaaaaaaaaaaa is being pulled
      "
    `);
  });
  it("backs off after a failed pull", () => {
    const failed = { state: "failed", reason: "RateLimited", message: "429" } as const;
    const pulls = new Map([[`acme/web@${digestOf("a")}`, failed]]);
    expect(planText({ desired: desire("a"), host: hostWith([]), pulls })).toMatchInlineSnapshot(`
      "
      => failed: RateLimited: acme/web@sha256:aaaaaaaaaaaa could not be pulled: 429
      "
    `);
  });
  it("creates and starts once the image is here", () => {
    const host = hostWith([], { images: [imageOf("a")], networks: new Map() });
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      1. create network shop_default (the service joins it and it is missing)
      2. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      3. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r1 (a tagged image survives an image prune)
      4. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("joins every network and creates volumes before the start", () => {
    const network = (key: string) => ({ ...specOf().networks[0]!.network, key, name: `shop_${key}` });
    const volume = { key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} };
    const spec = specOf({
      networks: [
        { network: network("front"), aliases: ["web"] },
        { network: network("back"), aliases: ["web", "api"] },
      ],
      volumes: [volume],
    });
    expect(planText({ desired: desire("a", spec), host: hostWith([], { images: [imageOf("a")] }) }))
      .toMatchInlineSnapshot(`
      "
      1. create network shop_front (the service joins it and it is missing)
      2. create network shop_back (the service joins it and it is missing)
      3. create volume shop_data (the service mounts it and it is missing)
      4. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_front as web (nothing of this service exists)
      5. connect shop-web-1.next on shop_back as web, api (its spec names this network too)
      6. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r1 (a tagged image survives an image prune)
      7. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("says which external network is missing", () => {
    const network = { ...specOf().networks[0]!.network, name: "proxy", external: true };
    const spec = specOf({ networks: [{ network, aliases: ["web"] }] });
    expect(planText({ desired: desire("a", spec), host: hostWith([], { images: [imageOf("a")] }) }))
      .toMatchInlineSnapshot(`
      "
      => blocked: StartFailed: the file calls it external and it does not exist: network proxy
      "
    `);
  });
  it("waits for what it depends on", () => {
    const spec = specOf({ dependsOn: [{ service: "db", condition: "service_healthy" }] });
    const db = containerIn("active", "d", 1, { service: "db", name: "shop-db-1" });
    const images = [imageOf("a")];
    expect(planText({ desired: desire("a", spec), host: hostWith([], { images }) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: db is not healthy yet
      "
    `);
    expect(planText({ desired: desire("a", spec), host: hostWith([db], { images }) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: db is not healthy yet: it has no health check
      "
    `);
    const well = { ...db, health: "healthy" as const, healthySince: now - 1_000 };
    expect(planText({ desired: desire("a", spec), host: hostWith([well], { images }) })).toContain(
      "create shop-web-1.next",
    );
  });
  it("never touches a foreign container with one of our names", () => {
    const host = hostWith([], { foreign: [foreignContainer("shop-web-1")], images: [imageOf("a")] });
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      => blocked: NameConflict: a container that is not Fairlead's has the name shop-web-1 (shop/web:1): \`fairlead adopt shop/web\` or \`x-fairlead: {adopt: true}\` takes it over; or rename or remove it
      "
    `);
  });
  it("takes back a container that was renamed by hand", () => {
    const stray = containerIn("active", "a", 1, { name: "my-web", role: "stray" });
    expect(planText({ desired: desire("a"), host: hostWith([stray]) })).toMatchInlineSnapshot(`
      "
      1. rename my-web to shop-web-1 (it was renamed to my-web by hand)
      => continue: Restoring: it was renamed to my-web by hand
      "
    `);
  });
  it("recreates the last stable digest where the wanted one is held", () => {
    const host = hostWith([containerIn("failed", "b", 2)], { images: [imageOf("a")] });
    expect(planText({ desired: desire("b"), host, memory: { holds: [hold("b")], stableDigest: digestOf("a") } }))
      .toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("takes the previous one where nothing else is known to be good", () => {
    const host = hostWith([containerIn("previous", "a", 1), containerIn("failed", "b", 2)]);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.previous to shop-web-1 (nothing serves, and sha256:bbbbbbbbbbbb is held: it failed before, as shop-web-1.failed shows)
      => continue: Restoring: nothing serves, and sha256:bbbbbbbbbbbb is held: it failed before, as shop-web-1.failed shows
      "
    `);
  });
  it("stays held after a failed first start", () => {
    expect(planText({ desired: desire("b"), host: hostWith([containerIn("failed", "b", 1)]) })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb is held: it failed before, as shop-web-1.failed shows
      "
    `);
  });
  it("repairs from the last stable digest while the registry is silent, and else waits for it", () => {
    const images = [imageOf("a")];
    const memory = { stableDigest: digestOf("a") };
    expect(planText({ desired: desire(undefined), host: hostWith([], { images }), memory })).toContain(
      "create shop-web-1.next from sha256:aaaaaaaaaaaa",
    );
    expect(planText({ desired: desire(undefined), host: hostWith([]) })).toMatchInlineSnapshot(`
      "
      => failed: RegistryUnavailable: docker.io does not answer
      "
    `);
  });
});

describe("active with the wanted spec and digest", () => {
  it("is converged", () => {
    expect(planText({ desired: desire("a"), host: hostWith([active]) })).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("is converged with another digest of equal content", () => {
    const desired = {
      ...desire("b"),
      target: { known: true as const, digest: digestOf("b"), sameContent: [digestOf("a")] },
    };
    expect(planText({ desired, host: hostWith([active]) })).toContain("=> converged");
  });
  it("is started when it ended, with its own restart policy", () => {
    expect(planText({ desired: desire("a"), host: hostWith([stopped]) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
  });
  it("waits longer and longer in a crash loop", () => {
    const crashed = containerIn("active", "a", 1, ended);
    expect(
      planText({ desired: desire("a"), host: hostWith([crashed]), memory: { heals: new Map([[1, 1]]) } }),
    ).toContain("=> continue: Restoring");
    expect(planText({ desired: desire("a"), host: hostWith([crashed]), memory: { heals: new Map([[1, 3]]) } }))
      .toMatchInlineSnapshot(`
      "
      => wait: CrashLooping: shop-web-1 keeps ending (exit code 1); it is started again in 3s
      "
    `);
    const long = { ...crashed, finishedAt: now };
    expect(planText({ desired: desire("a"), host: hostWith([long]), memory: { heals: new Map([[1, 99]]) } })).toContain(
      "again in 300s",
    );
  });
  it("does not call it a crash loop when it had lasted, or ended with the engine", () => {
    const lasted = containerIn("active", "a", 1, { ...ended, startedAt: now - 11_000 });
    expect(
      planText({ desired: desire("a"), host: hostWith([lasted]), memory: { heals: new Map([[1, 9]]) } }),
    ).toContain("start shop-web-1");
    const crashed = containerIn("active", "a", 1, ended);
    const host = hostWith([crashed], { engineOutage: { from: now - 1_500, to: now } });
    expect(planText({ desired: desire("a"), host, memory: { heals: new Map([[1, 9]]) } })).toContain(
      "start shop-web-1",
    );
    const byHand = hostWith([{ ...crashed, endedByRequest: true }]);
    expect(planText({ desired: desire("a"), host: byHand, memory: { heals: new Map([[1, 9]]) } })).toContain(
      "start shop-web-1",
    );
  });
  it("says that the engine restarts it again and again", () => {
    const looping = containerIn("active", "a", 1, { state: "restarting", exitCode: 3, restartCount: 7 });
    expect(planText({ desired: desire("a"), host: hostWith([looping]) })).toMatchInlineSnapshot(`
      "
      => wait: CrashLooping: shop-web-1 ends and restarts (exit code 3, 7 restarts)
      "
    `);
  });
  it("leaves a paused one to whoever paused it", () => {
    const paused = containerIn("active", "a", 1, { state: "paused" });
    expect(planText({ desired: desire("a"), host: hostWith([paused]) })).toMatchInlineSnapshot(`
      "
      => wait: Paused: shop-web-1 is paused (docker unpause shop-web-1 lets it go on)
      "
    `);
  });
  it("gets its restart policy back after a crash right behind the renames", () => {
    const host = hostWith([{ ...active, restartPolicy: { name: "no", maximumRetryCount: 0 } }]);
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("gets its network back", () => {
    expect(planText({ desired: desire("a"), host: hostWith([{ ...active, networks: [] }]) })).toMatchInlineSnapshot(`
      "
      1. connect shop-web-1 on shop_default as web (it is to answer to web)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("is replaced when the engine calls it dead", () => {
    const dead = containerIn("active", "a", 1, { state: "dead" });
    expect(planText({ desired: desire("a"), host: hostWith([dead]) })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1 (the engine calls it dead)
      => continue: Restoring: the engine calls it dead
      "
    `);
  });
  it("waits while it is being removed", () => {
    const going = containerIn("active", "a", 1, { state: "removing" });
    expect(planText({ desired: desire("a"), host: hostWith([going]) })).toMatchInlineSnapshot(`
      "
      => wait: Restoring: shop-web-1 is being removed
      "
    `);
  });
  it("clears away a failed one, and images beyond keep that nobody needs", () => {
    const host = hostWith(
      [containerIn("active", "d", 5), containerIn("previous", "c", 3), containerIn("failed", "e", 4)],
      {
        images: [
          imageOf("a", [1]),
          { ...imageOf("b", [2]), tags: ["fairlead/keep:shop.web.r2", "acme/web:mine"] },
          imageOf("c", [3], ["id-previous-3"]),
          imageOf("e", [4], ["id-failed-4"]),
          imageOf("d", [5], ["id-active-5"]),
          { ...imageOf("f"), tags: ["fairlead/keep:shop.web-admin.r1", "fairlead/keep:shop.web.r1x"] },
        ],
      },
    );
    expect(planText({ desired: desire("d"), host })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.failed (the service is well with what is wanted; the journal keeps its log lines)
      2. remove image acme/web@sha256:aaaaaaaaaaaa (beyond keep: 1)
      3. remove image fairlead/keep:shop.web.r1 (beyond keep: 1)
      4. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:dddddddddddd
      "
    `);
  });
  it("keeps no previous one with keep: 0, and several images with keep: 2", () => {
    const images = [imageOf("a", [1]), imageOf("b", [2]), imageOf("c", [3])];
    const host = hostWith([containerIn("active", "c", 3), containerIn("previous", "b", 2)], { images });
    expect(planText({ desired: desire("c", specOf({ keep: 0 })), host })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.previous (keep is 0)
      2. remove image acme/web@sha256:aaaaaaaaaaaa (beyond keep: 0)
      3. remove image fairlead/keep:shop.web.r1 (beyond keep: 0)
      => converged: Converged: shop-web-1 runs sha256:cccccccccccc
      "
    `);
    expect(planText({ desired: desire("c", specOf({ keep: 2 })), host })).toContain("converged");
    expect(planText({ desired: desire("c", specOf({ keep: 2 })), host })).not.toContain("remove image");
  });
  it("several of our tags on one image go together with it", () => {
    const images = [imageOf("a", [1, 2]), imageOf("b", [3]), imageOf("c", [4])];
    const host = hostWith([containerIn("active", "c", 4), containerIn("previous", "b", 3)], { images });
    expect(planText({ desired: desire("c"), host })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:aaaaaaaaaaaa (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r1 (beyond keep: 1)
      3. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:cccccccccccc
      "
    `);
  });
  it("stops a previous one that came back", () => {
    const back = containerIn("previous", "a", 1, {
      state: "running",
      restartPolicy: { name: "always", maximumRetryCount: 0 },
    });
    expect(planText({ desired: desire("b"), host: hostWith([containerIn("active", "b", 2), back]) }))
      .toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1.previous to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1.previous, within 10s (shop-web-1 has taken over)
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
  });
});

describe("active with something else", () => {
  it("keeps running while the new image is pulled, whatever the strategy", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([active]) })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([stopped]) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      3. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => continue: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });
  it("start-first: the new one starts beside it, without an alias", () => {
    expect(planText({ desired: desire("b"), host: hostWith([active], withB) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("stop-first: it is stopped between the creation and the start of the new one", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([active], withB) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });
  it("a changed spec is a rollout too", () => {
    expect(planText({ desired: desire("a", specOf(), "H2"), host: hostWith([active]) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("starts no rollout while the registry is silent, but repairs", () => {
    expect(planText({ desired: desire(undefined, specOf(), "H2"), host: hostWith([active]) })).toMatchInlineSnapshot(`
      "
      => failed: RegistryUnavailable: docker.io does not answer; the changed spec waits for it
      "
    `);
    expect(planText({ desired: desire(undefined), host: hostWith([stopped]) })).toContain("2. start shop-web-1");
  });
});

describe("next", () => {
  const next = (patch: Parameters<typeof containerIn>[3] = {}) =>
    containerIn("next", "b", 2, { createdAt: now - 4_000, startedAt: now - 3_000, ...patch });
  it("is started after a crash between creation and start", () => {
    expect(planText({ desired: desire("b"), host: hostWith([active, next({ ...created, networks: [] })], withB) }))
      .toMatchInlineSnapshot(`
      "
      1. connect shop-web-1.next on shop_default without an alias (it has not proved itself: it answers to no alias)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([active, next(created)], withB) }))
      .toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      4. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      5. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      6. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
  });
  it("is waited for while it starts, to the nearest of poll and deadline", () => {
    const starting = next({ health: "starting", healthcheck: check });
    expect(planText({ desired: desire("b"), host: hostWith([active, starting], withB) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: its health check has not passed yet
      "
    `);
  });
  it("fails at the deadline and not before", () => {
    const at = (age: number) => next({ health: "starting", healthcheck: check, startedAt: now - age });
    expect(planText({ desired: desire("b"), host: hostWith([active, at(7_999)], withB) })).toContain(
      "=> wait: WaitingForHealth",
    );
    expect(planText({ desired: desire("b"), host: hostWith([active, at(8_000)], withB) })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (it did not become healthy within 8s)
      3. rename shop-web-1.next to shop-web-1.failed (it did not become healthy within 8s; it is kept for inspection)
      => continue: HealthDeadlineExceeded: it did not become healthy within 8s
      "
    `);
  });
  it("must stay good for monitor", () => {
    const young = next({ startedAt: now - 4_999 });
    expect(planText({ desired: desire("b"), host: hostWith([active, young], withB) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: it is running and must stay so for 5s
      "
    `);
    const fresh = next({ health: "healthy", healthySince: now - 4_999, startedAt: now - 60_000 });
    expect(planText({ desired: desire("b"), host: hostWith([active, fresh], withB) })).toContain(
      "it is healthy and must stay so for 5s",
    );
  });
  it("takes over when proven: alias, stop, names, policy", () => {
    const proven = next({ health: "healthy", healthySince: now - 5_000 });
    const host = hostWith([active, proven, containerIn("previous", "c", 0)]);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. note that shop-web-1 is being replaced (its successor takes over its names)
      => continue: Draining: shop-web-1 is about to leave: its successor takes over its names
      "
    `);
  });
  it("takes over when the old one is stopped already", () => {
    const proven = next({ startedAt: now - 5_000, networks: [{ network: "shop_default", aliases: ["web"] }] });
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([stopped, proven]) })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      2. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("takes over after a crash between the two renames", () => {
    const proven = next({ startedAt: now - 5_000, networks: [{ network: "shop_default", aliases: ["web"] }] });
    expect(planText({ desired: desire("b"), host: hostWith([proven, containerIn("previous", "a", 1)]) }))
      .toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      2. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("start-first: an unhealthy one goes, the old one never left", () => {
    const sick = next({ health: "unhealthy", healthcheck: check });
    expect(planText({ desired: desire("b"), host: hostWith([active, sick, containerIn("failed", "c", 0)]) }))
      .toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (its health check fails)
      3. remove shop-web-1.failed (a newer failure takes its place)
      4. rename shop-web-1.next to shop-web-1.failed (its health check fails; it is kept for inspection)
      => continue: Unhealthy: its health check fails
      "
    `);
  });
  it("stop-first: the same old container starts again", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([stopped, next(ended)]) }))
      .toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      3. start shop-web-1 (roll back: it exited with code 1 after 2s)
      4. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 2s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 2s
      "
    `);
  });
  it("is started again when it ended with the engine", () => {
    const host = hostWith([active, next({ ...ended, finishedAt: now - 2_000 })], {
      engineOutage: { from: now - 2_500, to: now - 1_000 },
    });
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (it was stopped by somebody else, or with the engine)
      => continue: RolloutStarted: it was stopped by somebody else, or with the engine
      "
    `);
  });
  it("is started again when somebody else stopped it, but not when nobody did", () => {
    const byHand = next({ ...ended, endedByRequest: true });
    expect(planText({ desired: desire("b"), host: hostWith([active, byHand]) })).toContain("start shop-web-1.next");
    const before = hostWith([active, next({ ...ended, finishedAt: now - 2_000 })], {
      engineOutage: { from: now - 999, to: now },
    });
    expect(planText({ desired: desire("b"), host: before })).toContain("=> continue: ContainerExited");
  });
  it("says what a refused start was", () => {
    const refused = next({ ...created, startError: "exec: nosuch: executable file not found" });
    expect(planText({ desired: desire("b"), host: hostWith([active, refused]) })).toContain("=> continue: StartFailed");
    const taken = next({ ...created, startError: "Bind for 0.0.0.0:8080 failed: port is already allocated" });
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([stopped, taken]) })).toContain(
      "=> failed: PortConflict",
    );
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([taken]) })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.next (the engine could not start it: Bind for 0.0.0.0:8080 failed: port is already allocated; it is tried again from the start)
      => failed: PortConflict: the engine could not start it: Bind for 0.0.0.0:8080 failed: port is already allocated
      "
    `);
  });
  it("names memory as the cause where the kernel killed it", () => {
    const killed = next({ ...ended, exitCode: 137, oomKilled: true });
    expect(planText({ desired: desire("b"), host: hostWith([active, killed]) })).toContain(
      "was killed for using too much memory after 2s",
    );
  });
  it("first start: fails without anything to go back to", () => {
    expect(planText({ desired: desire("b"), host: hostWith([next(ended)]) })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 2s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 2s
      "
    `);
  });
  it("what has proved itself before is not held while nothing else serves", () => {
    const memory = { stableDigest: digestOf("b"), stableSpec: "H" };
    const late = next({ health: "starting", healthcheck: check, startedAt: now - 8_000 });
    expect(planText({ desired: desire("b"), host: hostWith([late]), memory })).toMatchInlineSnapshot(`
      "
      => wait: HealthDeadlineExceeded: it did not become healthy within 8s; it has served before, and nothing else does: it is left to get well
      "
    `);
    expect(planText({ desired: desire("b"), host: hostWith([next(ended)]), memory })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.next (it exited with code 1 after 2s; it has served before, and nothing else does: it is tried again)
      => failed: ContainerExited: it exited with code 1 after 2s; it has served before, and nothing else does
      "
    `);
    const hold = "hold sha256:bbbbbbbbbbbb";
    for (const [why, text] of [
      ["another serves", planText({ desired: desire("b"), host: hostWith([active, next(ended)]), memory })],
      [
        "it proved itself with another spec",
        planText({ desired: desire("b"), host: hostWith([next(ended)]), memory: { ...memory, stableSpec: "G" } }),
      ],
      [
        "it is to run once",
        planText({ desired: desire("b", specOf({ oneShot: true })), host: hostWith([next(ended)]), memory }),
      ],
    ] as const) {
      expect(text, why).toContain(hold);
    }
  });
  it("failure_action pause leaves both as they are until a retry", () => {
    const spec = specOf({ container: { ports: [port8080] }, update: { failureAction: "pause" } });
    const host = hostWith([stopped, next(ended)]);
    expect(planText({ desired: desire("b", spec), host })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      => blocked: Paused: it exited with code 1 after 2s, and failure_action is pause
      "
    `);
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [hold("b")] } })).toMatchInlineSnapshot(`
      "
      => blocked: Paused: it exited with code 1 after 2s, and failure_action is pause
      "
    `);
    expect(planText({ desired: desire("b", spec), host, memory: { retriedAt: now } })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.next (a retry was asked for)
      => continue: RolloutStarted: it exited with code 1 after 2s
      "
    `);
  });
  it("failure_action continue promotes it all the same while it runs", () => {
    const spec = specOf({ update: { failureAction: "continue" } });
    const sick = next({ health: "unhealthy", healthcheck: check });
    expect(planText({ desired: desire("b", spec), host: hostWith([active, sick]) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. note that shop-web-1 is being replaced (its successor takes over its names)
      => continue: Draining: shop-web-1 is about to leave: its successor takes over its names
      "
    `);
  });
  it("gives way to a newer digest at once under start-first", () => {
    expect(planText({ desired: desire("c"), host: hostWith([active, next()]) })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (something newer is wanted before it proved itself)
      2. remove shop-web-1.next (something newer is wanted before it proved itself)
      => continue: RolloutStarted: something newer is wanted before it proved itself
      "
    `);
  });
  it("serves until the newer image is here under stop-first", () => {
    const host = hostWith([stopped, next()]);
    expect(planText({ desired: desire("c", stopFirst), host })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:cccccccccccc (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:cccccccccccc is being pulled
      "
    `);
    const ready = hostWith([stopped, next()], { images: [imageOf("a", [1]), imageOf("b", [2]), imageOf("c")] });
    expect(planText({ desired: desire("c", stopFirst), host: ready })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (something newer is wanted before it proved itself)
      2. remove shop-web-1.next (something newer is wanted before it proved itself)
      => continue: RolloutStarted: something newer is wanted before it proved itself
      "
    `);
  });
  it("gives way to the old one when that is wanted again", () => {
    expect(planText({ desired: desire("a", stopFirst), host: hostWith([stopped, next()]) })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (something newer is wanted before it proved itself)
      2. remove shop-web-1.next (something newer is wanted before it proved itself)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (it serves until the newer one is ready)
      => continue: RolloutStarted: something newer is wanted before it proved itself
      "
    `);
  });
  it("is judged, not replaced, while the registry is silent", () => {
    expect(planText({ desired: desire(undefined), host: hostWith([active, next()]) })).toContain(
      "=> wait: WaitingForHealth",
    );
  });
  it("that we have stopped says nothing of itself: it is started again, once, unless it was stopped for its failure", () => {
    const run = next(ended);
    const text = (memory: Partial<Memory>, patch = {}, spec = specOf()) =>
      planText({ desired: desire("b", spec), host: hostWith([active, { ...run, ...patch }]), memory });
    const stops = new Map([[run.id, run.startedAt]]);
    expect(text({ stops })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (it was stopped before it had proved itself)
      => continue: RolloutStarted: it was stopped before it had proved itself
      "
    `);
    const isHeld = "hold sha256:bbbbbbbbbbbb";
    expect(text({ stops }, { startedAt: now - 1_000 }), "a later run of its own").toContain(isHeld);
    expect(text({ stops }, { startError: "executable file not found" })).toContain(isHeld);
    expect(text({ stops, holds: [hold("b")] })).toContain("rename shop-web-1.next to shop-web-1.failed");
    const once = specOf({ oneShot: true });
    expect(text({ stops }, { exitCode: 0 }, once), "it has not completed").toContain("start shop-web-1.next");
    expect(text({}, { exitCode: 0 }, once)).toContain("it has completed");
  });
  it("is the last stable digest on its way back while the wanted one is held", () => {
    const stable = next({ digest: digestOf("a") });
    const memory = { holds: [hold("b")], stableDigest: digestOf("a") };
    expect(planText({ desired: desire("b"), host: hostWith([stable]), memory })).toContain("=> wait: WaitingForHealth");
  });
});

describe("held", () => {
  const failed = containerIn("failed", "b", 2);
  it("by the journal, by the failed container, until retried", () => {
    expect(planText({ desired: desire("b"), host: hostWith([active, failed]), memory: { holds: [hold("b")] } }))
      .toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
    expect(planText({ desired: desire("b"), host: hostWith([active, failed]) })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: it failed before, as shop-web-1.failed shows; held until the image or the spec changes, or a retry
      "
    `);
    expect(planText({ desired: desire("b"), host: hostWith([active, failed]), memory: { retriedAt: now } })).toContain(
      "=> continue: RolloutStarted",
    );
  });
  it("and the images of earlier failures go", () => {
    const images = [imageOf("a", [1], ["id-active-1"]), imageOf("c", [2]), imageOf("b", [3], ["id-failed-3"])];
    const host = hostWith([active, containerIn("failed", "b", 3)], { images });
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:cccccccccccc (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: it failed before, as shop-web-1.failed shows; held until the image or the spec changes, or a retry
      "
    `);
  });
  it("not for another spec", () => {
    expect(
      planText({
        desired: desire("b", specOf(), "H2"),
        host: hostWith([active, failed]),
        memory: { holds: [hold("b")] },
      }),
    ).toContain("create shop-web-1.next");
  });
  it("restores the old one, and says so when that is not well either", () => {
    const memory = { holds: [hold("b")] };
    expect(planText({ desired: desire("b"), host: hostWith([stopped, failed]), memory })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
    const looping = containerIn("active", "a", 1, { state: "restarting", exitCode: 1, restartCount: 2 });
    expect(planText({ desired: desire("b"), host: hostWith([looping, failed]), memory })).toMatchInlineSnapshot(`
      "
      => wait: RollbackFailed: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry; the one before it is not well either: shop-web-1 ends and restarts (exit code 1, 2 restarts)
      "
    `);
    const sick = containerIn("active", "a", 1, { health: "unhealthy" });
    expect(planText({ desired: desire("b"), host: hostWith([sick, failed]), memory })).toMatchInlineSnapshot(`
      "
      => blocked: RollbackFailed: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry; the one before it is unhealthy too
      "
    `);
  });
});

describe("service left the file", () => {
  const text = (prune: boolean, containers = [active, containerIn("previous", "b", 0)]) => {
    const service = { project: "shop", name: "web", dependsOn: [] };
    return `\n${renderPlan(planRemoval(service, prune, 10_000, viewOf(hostWith(containers), service, new Map())))}\n`;
  };
  it("is an orphan without prune, and goes with it", () => {
    expect(text(false)).toMatchInlineSnapshot(`
      "
      => blocked: Orphaned: shop/web is in no services file any more; run with --prune to remove it, or remove it by hand
      "
    `);
    expect(text(true)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (shop/web is in no services file any more)
      3. remove shop-web-1 (shop/web is in no services file any more)
      4. remove shop-web-1.previous (shop/web is in no services file any more)
      => continue: Removing: shop/web is in no services file any more
      "
    `);
    expect(text(true, [])).toContain("=> converged");
  });
  it("takes the image that came ahead of its rollout with it", () => {
    const service = { project: "shop", name: "web", dependsOn: [] };
    const image = { ...imageOf("c"), tags: ["fairlead/ahead:shop.web"] };
    const host = hostWith([], { images: [image] });
    const view = viewOf(host, service, new Map());
    expect(orphanedServices([{ name: "shop", file: "services.yaml", services: [] }], host)).toEqual(["shop/web"]);
    expect(`\n${renderPlan(planRemoval(service, true, 10_000, view))}\n`).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:cccccccccccc (shop/web is in no services file any more)
      2. remove image fairlead/ahead:shop.web (shop/web is in no services file any more)
      => continue: Removing: shop/web is in no services file any more
      "
    `);
    expect(renderPlan(planRemoval(service, false, 10_000, view))).toContain("=> converged");
  });
});
