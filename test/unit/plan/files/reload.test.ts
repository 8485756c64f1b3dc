import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { forecast } from "../../../../src/plan/forecast.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer, UnreadFile } from "../../../../src/plan/model/host/observed.js";
import type { Reload } from "../../../../src/plan/model/reload-memory.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { fleet, fleetSpec, inSlot } from "../fleet.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, port8080, specOf } from "../world.js";

const path = "/srv/shop/nginx.conf";
const mount = { type: "bind", source: path, target: "/etc/nginx.conf", readOnly: true, createHostPath: true } as const;
const reload = { kind: "signal", signal: "SIGHUP" } as const;
const spec = specOf({ reload, container: { mounts: [mount] } });
const fleetOf = (count: number, update: Partial<ServiceSpec["update"]> = {}) =>
  fleetSpec(count, update, { reload, container: { mounts: [mount] } });

const file = (change: UnreadFile["change"], patch: Partial<UnreadFile> = {}): UnreadFile => ({
  path,
  change,
  since: now - 2_000,
  identity: "1:2",
  content: "new",
  ...patch,
});
const written = { unread: [file("written")] };
const replaced = { unread: [file("replaced")] };
const active = (patch: Partial<ObservedContainer> = {}) => containerIn("active", "a", 1, patch);
const told = (container: ObservedContainer, patch: Partial<Reload> = {}): Reload => ({
  container: container.id,
  name: container.name,
  startedAt: container.startedAt,
  at: now - 1_000,
  signal: "SIGHUP",
  files: [{ path, content: "new" }],
  ...patch,
});
const images = [imageOf("a", [1]), imageOf("b")];
const textOf = (container: ObservedContainer, memory: Partial<Memory> = {}, service = spec) =>
  planText({ desired: desire("a", service), host: hostWith([container], { images }), memory });

describe("a mounted file that we write ourselves", () => {
  const tended = { ...reload, tended: [{ path, content: "newest" }] };
  const dead = (patch: Partial<ObservedContainer> = {}) =>
    active({ state: "exited", exitCode: 1, finishedAt: now - 500, ...patch });
  const memory = { reloads: [told(active())] };

  it("is taken back where the process has taken it badly, before anything else", () => {
    expect(textOf(dead(), memory, { ...spec, reload: tended })).toMatchInlineSnapshot(`
      "
      1. note that shop-web-1 is not well after its reload, and take back what is new in /srv/shop/nginx.conf (it ended with exit code 1 0.5s after SIGHUP)
      => continue: Reloading: it ended with exit code 1 0.5s after SIGHUP
      "
    `);
    expect(textOf(dead(), memory)).not.toContain("take back");
  });

  it("stays where the process is well, where others are told all the same, and where it is not ours", () => {
    const others = [
      [
        active({ startedAt: now - 90_000 }),
        { ...spec, reload: tended },
        { reloads: [told(active({ startedAt: now - 90_000 }), { at: now - 60_000 })] },
      ],
      [dead(), { ...spec, reload: tended, update: { ...spec.update, failureAction: "continue" as const } }, memory],
      [dead(), { ...spec, reload: { ...reload, tended: [{ path: "/srv/other", content: "x" }] } }, memory],
    ] as const;
    for (const [container, service, known] of others) {
      const text = textOf(container, known, service);
      expect(text).toContain("note that");
      expect(text).not.toContain("take back");
    }
  });
});

describe("a mounted file that was written to", () => {
  it("is told to the process, which is then watched", () => {
    expect(textOf(active(written))).toMatchInlineSnapshot(`
      "
      1. send SIGHUP to shop-web-1 (/srv/shop/nginx.conf has changed)
      => continue: Reloading: /srv/shop/nginx.conf has changed
      "
    `);
    expect(textOf(active(), { reloads: [told(active())] })).toMatchInlineSnapshot(`
      "
      => wait: Reloading: shop-web-1 was told by SIGHUP of changed files and must stay well for 5s
      "
    `);
    const two = { unread: [file("written"), file("written", { path: "/srv/shop/more.conf" })] };
    expect(textOf(active(two))).toContain("(/srv/shop/nginx.conf, /srv/shop/more.conf have changed)");
  });

  it("is nothing to a service that does not ask for it, nor outside of the paths that it names", () => {
    for (const other of [
      specOf({ container: { mounts: [mount] } }),
      { ...spec, reload: { ...reload, paths: ["/srv/shop/conf.d"] } },
    ]) {
      expect(textOf(active(written), {}, other)).toContain("=> converged: Converged: shop-web-1 runs");
    }
    expect(textOf(active(written), {}, { ...spec, reload: { ...reload, paths: ["/srv/shop"] } })).toContain("SIGHUP");
  });

  it("is told to none that is still starting, or paused, or has ended", () => {
    expect(textOf(active({ ...written, health: "starting", healthcheck: check }))).toContain(
      "=> wait: Reloading: shop-web-1 is told of changed files as soon as it is up",
    );
    expect(textOf(active({ ...written, startedAt: now - 4_000 }))).toContain("as soon as it is up");
    expect(textOf(active({ ...written, startedAt: now - 5_000 }))).toContain("send SIGHUP");
    expect(textOf(active({ ...written, state: "paused" }))).not.toContain("send");
    expect(textOf(active({ ...written, state: "exited", exitCode: 1 }))).toMatch(/^\n1\. start shop-web-1/);
  });

  it("is told to one that is unhealthy, for which it may be the cure", () => {
    const sick = active({ ...written, health: "unhealthy", healthcheck: check });
    const steps = plan(desire("a", spec), viewOf(hostWith([sick]), spec, new Map()), emptyMemory).steps;
    expect(steps).toMatchObject([{ kind: "signal-container", wasSick: true }]);
  });

  it("waits while the service is paused, and that is said; a window holds up no signal", () => {
    expect(textOf(active(written), { pausedAt: now - 9_000 })).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa; shop-web-1 has not been told of /srv/shop/nginx.conf, which changed while the service is paused
      "
    `);
    const desired = { ...desire("a", spec), window: { opensAt: now + 60_000 } };
    expect(planText({ desired, host: hostWith([active(written)]) })).toContain("send SIGHUP");
  });

  it("is told once the rollout under way has ended, if it has not come with that", () => {
    const next = containerIn("next", "b", 2, { startedAt: now - 1_000 });
    const host = hostWith([active(written), next], { images });
    expect(planText({ desired: desire("b", spec), host })).not.toContain("send");
  });

  it("is told while the newer digest is held, or the registry is silent", () => {
    const host = hostWith([active(written)], { images });
    const held = { holds: [hold("b")], stableDigest: digestOf("a") };
    expect(planText({ desired: desire("b", spec), host, memory: held })).toContain("send SIGHUP");
    expect(planText({ desired: desire(undefined, spec), host })).toContain("send SIGHUP");
    const watched = { ...held, reloads: [told(active())] };
    const calm = hostWith([active()], { images });
    expect(planText({ desired: desire("b", spec), host: calm, memory: watched })).toMatch(
      /=> wait: DigestHeld: .*; shop-web-1 was told by SIGHUP/,
    );
  });

  it("is in the forecast", () => {
    expect(forecast(desire("a", spec), hostWith([active(written)]), emptyMemory)).toMatchObject({
      lines: [
        "send SIGHUP to shop-web-1 (/srv/shop/nginx.conf has changed)",
        "wait: shop-web-1 was told by SIGHUP of changed files and must stay well for 5s",
        "note that shop-web-1 is well after its reload (it was told by SIGHUP, and nothing was seen since)",
      ],
      end: { kind: "converged" },
    });
  });
});

const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 2, startPeriodMs: 0 };

describe("what comes of a signal", () => {
  const before = active();
  const noted = (container: ObservedContainer, patch: Partial<Reload> = {}) =>
    textOf(container, { reloads: [told(before, patch)] });

  it("is that it stays well", () => {
    expect(noted(before, { at: now - 5_000 })).toMatchInlineSnapshot(`
      "
      1. note that shop-web-1 is well after its reload (it was told by SIGHUP, and nothing was seen since)
      => continue: Reloading: it was told by SIGHUP, and nothing was seen since
      "
    `);
    expect(noted(before, { at: now - 4_999 })).toContain("=> wait");
    const blind = [{ from: now - 5_000, to: now - 4_000 }];
    const host = { ...hostWith([before], { images }), blind };
    const memory = { reloads: [told(before, { at: now - 5_000 })] };
    expect(planText({ desired: desire("a", spec), host, memory }), "for as long as somebody saw it").toContain(
      "=> wait",
    );
  });

  it("is that its health check fails", () => {
    const sick = active({ health: "unhealthy", healthcheck: check, healthProblem: "no such host" });
    expect(noted(sick)).toMatchInlineSnapshot(`
      "
      1. note that shop-web-1 is not well after its reload (its health check fails 1s after SIGHUP: no such host)
      => continue: Reloading: its health check fails 1s after SIGHUP: no such host
      "
    `);
    const failed = { outcome: "failed", message: "its health check fails 1s after SIGHUP" } as const;
    expect(noted(sick, failed)).toContain(
      "=> converged: ReloadFailed: shop-web-1 is unhealthy since SIGHUP told it of /srv/shop/nginx.conf: no such host",
    );
    expect(noted(active({ health: "healthy", healthcheck: check }), failed)).toContain("=> converged: Converged");
  });

  it("is nothing new of one that was unhealthy already, until it had its time", () => {
    const sick = active({ health: "unhealthy", healthcheck: check });
    expect(noted(sick, { wasSick: true })).toContain("=> wait");
    expect(noted(sick, { wasSick: true, at: now - 5_000 })).toContain("its health check still fails 5s after SIGHUP");
  });

  it.each<[string, Partial<ObservedContainer>, string]>([
    ["its end", { state: "exited", exitCode: 129, finishedAt: now - 500 }, "it ended with exit code 129 0.5s after"],
    ["its end and the engine's restart", { startedAt: now - 400, restartCount: 1 }, "it had ended, and was started"],
    ["a restart by hand", { startedAt: now - 400 }, "is well"],
    ["an end by hand", { state: "exited", exitCode: 0, finishedAt: now - 500, endedByRequest: true }, "is well"],
  ])("is %s", (_what, patch, said) => {
    expect(noted(active(patch))).toContain(said);
  });

  it("is not an end that comes later", () => {
    const late = active({ state: "exited", exitCode: 1, finishedAt: now - 500 });
    expect(noted(late, { at: now - 6_000 })).toContain("is well");
  });
});

describe("replicas", () => {
  const serviceOf = fleetOf(3);
  const slots = (patches: readonly Partial<ObservedContainer>[]) =>
    fleet(3, { containers: patches.map((patch, index) => inSlot(index + 1, "active", "a", 1, patch)) });
  const textFor = (patches: readonly Partial<ObservedContainer>[], reloads: readonly Reload[] = [], of = serviceOf) =>
    planText({ desired: desire("a", of), host: slots(patches), memory: { reloads } });
  const one = inSlot(1, "active", "a", 1);

  it("are told as many at once as parallelism says", () => {
    expect(textFor([written, written, written])).toMatchInlineSnapshot(`
      "
      1. send SIGHUP to shop-web-1 (/srv/shop/nginx.conf has changed)
      => continue: Reloading: slot 1 of 3: /srv/shop/nginx.conf has changed
      "
    `);
    expect(textFor([{}, written, written], [told(one)])).toMatchInlineSnapshot(`
      "
      => wait: Reloading: slot 1 of 3: shop-web-1 was told by SIGHUP of changed files and must stay well for 5s
      "
    `);
    expect(textFor([{}, written, written], [told(one, { outcome: "well" })])).toContain("send SIGHUP to shop-web-2");
    const two = textFor([written, written, written], [], fleetOf(3, { parallelism: 2 }));
    expect(two.match(/send SIGHUP to shop-web-\d/g)).toEqual([
      "send SIGHUP to shop-web-1",
      "send SIGHUP to shop-web-2",
    ]);
    expect(textFor([written, written, written], [], fleetOf(3, { parallelism: 0 })).match(/send/g)).toHaveLength(3);
  });

  it("wait while another one does not serve", () => {
    const sick = { health: "unhealthy", healthcheck: check } as const;
    expect(textFor([written, sick, written])).not.toContain("send");
  });

  it("are told no more where one took it badly, until the file changes again or a person asks for it", () => {
    const bad = told(one, { outcome: "failed", message: "it ended with exit code 129 0.2s after SIGHUP" });
    expect(textFor([{}, written, written], [bad])).toMatchInlineSnapshot(`
      "
      => blocked: ReloadFailed: slots 2, 3 of 3: shop-web-1 was told of the same change, and it ended with exit code 129 0.2s after SIGHUP: no further replica is
      "
    `);
    const again = { unread: [file("written", { content: "newer" })] };
    expect(textFor([{}, again, again], [bad])).toContain("send SIGHUP to shop-web-2");
    expect(textFor([{}, written, written], [bad], fleetOf(3, { failureAction: "continue" }))).toContain("send SIGHUP");
    const host = slots([{}, written, written]);
    const memory = { reloads: [bad], retriedAt: now };
    expect(planText({ desired: desire("a", serviceOf), host, memory })).toContain("send SIGHUP to shop-web-2");
  });
});

describe("a mounted file that another one has taken the place of", () => {
  it("comes with a new container of the same digest, behind the health gate", () => {
    expect(textOf(active(replaced))).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (another file has taken the place of /srv/shop/nginx.conf)
      2. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    expect(textOf(active(replaced), {}, { ...spec, container: { ...spec.container, ports: [port8080] } })).toContain(
      "stop shop-web-1",
    );
  });

  it("leaves what could be gone back to before it: the old container is no earlier version", () => {
    const next = containerIn("next", "a", 1, { id: "id-next", startedAt: now - 9_000 });
    const host = hostWith([active(replaced), next, containerIn("previous", "b", 0)], { images });
    expect(forecast(desire("a", spec), host, emptyMemory).lines.slice(8)).toEqual([
      "set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)",
      "stop shop-web-1, within 10s (shop-web-1.next is the very same and has taken over)",
      "remove shop-web-1 (shop-web-1.next is the very same and has taken over)",
      "rename shop-web-1.next to shop-web-1 (it has been running for 5s)",
      "set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)",
    ]);
  });

  it("is only told where the service does not ask for more, or not for that file", () => {
    const bare = specOf({ container: { mounts: [mount] } });
    expect(textOf(active(replaced), {}, bare)).toContain("`docker restart shop-web-1` brings the new content");
    const elsewhere = { ...spec, reload: { ...reload, paths: ["/srv/shop/conf.d"] } };
    expect(textOf(active(replaced), {}, elsewhere)).toContain("`docker restart shop-web-1` brings");
  });

  it("waits for a pause and a window to end, and for a person's approval", () => {
    expect(textOf(active(replaced), { pausedAt: now - 9_000 })).toContain("=> blocked: Paused");
    const desired = { ...desire("a", spec), window: { opensAt: now + 60_000 } };
    expect(planText({ desired, host: hostWith([active(replaced)]) })).toContain("=> wait: WaitingForWindow");
  });

  it("is only told in what a person has gone back to", () => {
    const pin = { revision: 1, digest: digestOf("a"), specHash: "H", image: "docker.io/acme/web:latest", at: now };
    const desired = { ...desire("a", spec), pin: { ...pin, over: desire("b").target } };
    expect(planText({ desired, host: hostWith([active(replaced)]), memory: { pin } })).not.toContain("create");
  });

  it("is nothing to one that does not run: its next start brings it", () => {
    expect(textOf(active({ ...replaced, state: "exited", exitCode: 1 }))).toMatch(/^\n1\. start shop-web-1 /);
  });

  it("comes to replicas in their turns", () => {
    const host = fleet(3, {
      containers: [1, 2, 3].map((slot) => inSlot(slot, "active", "a", 1, replaced)),
    });
    const text = planText({ desired: desire("a", fleetOf(3)), host });
    expect(text.match(/create shop-web-\d/g)).toEqual(["create shop-web-1"]);
  });

  it("brings its own digest anew where the wanted one is held, one replica after the other", () => {
    const containers = [1, 2, 3].map((slot) => inSlot(slot, "active", "a", 1, replaced));
    const memory = { holds: [hold("b")], stableDigest: digestOf("a") };
    const text = planText({ desired: desire("b", fleetOf(3)), host: fleet(3, { containers }), memory });
    expect(text.match(/create shop-web-\d.next from sha256:a/g)).toEqual(["create shop-web-1.next from sha256:a"]);
    const failed = { ...hold("a"), at: now, ranAnewAt: now - 1_000 };
    const after = planText({
      desired: desire("b", fleetOf(3)),
      host: fleet(3, { containers }),
      memory: { ...memory, holds: [hold("b"), failed] },
    });
    expect(after).not.toContain("create");
  });

  it("is judged like any rollout; that it fails holds these files, not the digest", () => {
    const next = containerIn("next", "a", 2, { state: "exited", exitCode: 1, startedAt: now - 1_000, finishedAt: now });
    const host = hostWith([active(replaced), next], { images });
    const memory = { stableDigest: digestOf("a"), stableSpec: "H" };
    expect(planText({ desired: desire("a", spec), host, memory })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold the replaced files (the journal keeps its last log lines and holds the files as they are)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 1s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 1s
      "
    `);
    const steps = plan(desire("a", spec), viewOf(host, spec, new Map()), { ...emptyMemory, ...memory }).steps;
    expect(steps[0]).toMatchObject({ kind: "keep-logs", ranAnewAt: now - 1_000 });
  });

  describe("and that made a new container fail", () => {
    const failed = containerIn("failed", "a", 2);
    const memory = {
      holds: [{ ...hold("a"), ranAnewAt: now - 3_000 }],
      stableDigest: digestOf("a"),
      stableSpec: "H",
    };
    const at = (...containers: readonly ObservedContainer[]) =>
      planText({ desired: desire("a", spec), host: hostWith(containers, { images }), memory });

    it("is not tried again as it was", () => {
      const as = active({ unread: [file("replaced", { since: now - 4_000 })] });
      expect(at(as, failed)).toMatchInlineSnapshot(`
        "
        => blocked: ReloadFailed: a new container with the replaced files failed: its health check fails; what serves stays until they change again, or a retry
        "
      `);
    });

    it("is tried again once it is another one", () => {
      expect(at(active(replaced), failed)).toContain("create shop-web-1.next");
    });

    it("holds nothing where the very file is back, or nothing serves any more", () => {
      expect(at(active(), failed)).toContain("remove shop-web-1.failed");
      expect(at(failed)).toContain("create shop-web-1.next");
    });
  });
});

describe("a second container of what serves", () => {
  it("gives nothing back that an earlier rollout has kept, should it fail", () => {
    const job = { command: ["/restore"], timeoutMs: 60_000 };
    const undoing = { ...spec, onRollback: [job] };
    const { steps } = plan(desire("a", undoing), viewOf(hostWith([active(replaced)]), undoing, new Map()), emptyMemory);
    const creation = steps.find((step) => step.kind === "create-container");
    expect(creation?.spec.onRollback).toBeUndefined();
    expect(
      steps.some((step) => step.kind === "stop-container"),
      "and is stop-first all the same",
    ).toBe(true);
    const newer = plan(desire("b", undoing), viewOf(hostWith([active()], { images }), undoing, new Map()), emptyMemory);
    expect(newer.steps.find((step) => step.kind === "create-container")?.spec.onRollback).toEqual([job]);
  });
});

describe("what holds too much to be watched", () => {
  it("is said", () => {
    expect(textOf(active({ unwatched: ["/srv/media"] }))).toContain(
      "/srv/media holds too much to be watched, so that shop-web-1 is told of no change in it",
    );
  });
});
