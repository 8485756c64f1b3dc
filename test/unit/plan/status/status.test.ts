import { describe, expect, it } from "vitest";
import type { Rollout, ServiceStatus } from "../../../../src/plan/model/condition.js";
import type { Outcome } from "../../../../src/plan/model/outcome.js";
import { leftStatus } from "../../../../src/plan/status/left.js";
import { bareStatus, statusOf } from "../../../../src/plan/status/status.js";
import type { StatusInput } from "../../../../src/plan/status/status.js";
import { shorten } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, digestOf, now, specOf } from "../world.js";

const active = containerIn("active", "a", 1);
const converged: Outcome = { kind: "converged", reason: "Converged", because: "shop-web-1 runs it" };
const goesOn: Outcome = { kind: "continue", reason: "RolloutStarted", because: "rolling out" };

function inputOf(patch: Partial<StatusInput> = {}): StatusInput {
  return {
    desired: desire("a"),
    containers: [active],
    outcome: converged,
    rollout: undefined,
    specProblem: undefined,
    generation: 7,
    now,
    ...patch,
  };
}

/** A line for the service, and one for each condition. */
function textOf(status: ServiceStatus): string {
  const { project, service, image, sync, health, desiredDigest, activeDigest, revision, conditions } = status;
  const digests = `wants ${desiredDigest ?? "?"}, runs ${activeDigest ?? "nothing"} r${revision ?? "-"}`;
  const lines = conditions.map((one) => `${one.type} ${one.status} ${one.reason}: ${one.message}`);
  const all = [`${project}/${service} ${image} ${sync} ${health}, ${digests}`, ...lines];
  return `\n${all.map((line) => shorten(line)).join("\n")}\n`;
}

const show = (patch: Partial<StatusInput>) => textOf(statusOf(inputOf(patch), undefined));
const short = (patch: Partial<StatusInput>) => {
  const { sync, health } = statusOf(inputOf(patch), undefined);
  return `${sync} ${health}`;
};

describe("a service as the API shows it", () => {
  it("is ready when it runs what is wanted", () => {
    expect(show({})).toMatchInlineSnapshot(`
      "
      shop/web docker.io/acme/web:latest Synced Healthy, wants sha256:aaaaaaaaaaaa, runs sha256:aaaaaaaaaaaa r1
      Ready True Converged: shop-web-1 runs it
      SpecValid True Converged: the services file is in force
      DigestResolved True Converged: sha256:aaaaaaaaaaaa
      Progressing False Converged: shop-web-1 runs it
      Healthy True Converged: shop-web-1 is running, health none
      RolledBack False Converged: the last rollout was not rolled back
      StaleMount False Converged: no mounted file has been replaced
      LocalChanges False Converged: no commit waits for a file that a container has changed
      Promoted True Converged: the file names no tag that is to be moved
      "
    `);
  });

  it("is rolled out while the old one serves", () => {
    const containers = [active, containerIn("next", "b", 2)];
    expect(show({ desired: desire("b"), containers, outcome: goesOn })).toMatchInlineSnapshot(`
      "
      shop/web docker.io/acme/web:latest OutOfSync Healthy, wants sha256:bbbbbbbbbbbb, runs sha256:aaaaaaaaaaaa r1
      Ready False RolloutStarted: rolling out
      SpecValid True Converged: the services file is in force
      DigestResolved True Converged: sha256:bbbbbbbbbbbb
      Progressing True RolloutStarted: rolling out
      Healthy True Converged: shop-web-1 is running, health none
      RolledBack False Converged: the last rollout was not rolled back
      StaleMount False Converged: no mounted file has been replaced
      LocalChanges False Converged: no commit waits for a file that a container has changed
      Promoted True Converged: the file names no tag that is to be moved
      "
    `);
  });

  it("is held after a roll-back, and names the digest", () => {
    const rollout: Rollout = {
      id: "shop/web@2",
      from: digestOf("a"),
      to: digestOf("b"),
      startedAt: "1970-01-01T00:16:36.000Z",
      finishedAt: "1970-01-01T00:16:39.000Z",
      outcome: "rolled-back",
      reason: "DigestHeld",
    };
    const outcome: Outcome = { kind: "blocked", standing: "held", reason: "DigestHeld", because: "b failed" };
    const desired = desire("b");
    expect(show({ desired, outcome, rollout })).toMatchInlineSnapshot(`
      "
      shop/web docker.io/acme/web:latest Held Healthy, wants sha256:bbbbbbbbbbbb, runs sha256:aaaaaaaaaaaa r1
      Ready False DigestHeld: b failed
      SpecValid True Converged: the services file is in force
      DigestResolved True Converged: sha256:bbbbbbbbbbbb
      Progressing False DigestHeld: b failed
      Healthy True Converged: shop-web-1 is running, health none
      RolledBack True DigestHeld: the rollout of sha256:bbbbbbbbbbbb was rolled back
      StaleMount False Converged: no mounted file has been replaced
      LocalChanges False Converged: no commit waits for a file that a container has changed
      Promoted True Converged: the file names no tag that is to be moved
      "
    `);
    expect(statusOf(inputOf({ rollout }), undefined).lastRollout).toBe(rollout);
  });

  it("is not ready when nothing of it is there", () => {
    const outcome: Outcome = { kind: "failed", reason: "RateLimited", because: "the pull failed" };
    expect(show({ containers: [], outcome })).toMatchInlineSnapshot(`
      "
      shop/web docker.io/acme/web:latest OutOfSync Missing, wants sha256:aaaaaaaaaaaa, runs nothing r-
      Ready False RateLimited: the pull failed
      SpecValid True Converged: the services file is in force
      DigestResolved True Converged: sha256:aaaaaaaaaaaa
      Progressing True RateLimited: the pull failed
      Healthy False RateLimited: no active container
      RolledBack False Converged: the last rollout was not rolled back
      StaleMount False Converged: no mounted file has been replaced
      LocalChanges False Converged: no commit waits for a file that a container has changed
      Promoted True Converged: the file names no tag that is to be moved
      "
    `);
  });

  it("shows an invalid file and a silent registry beside what runs", () => {
    const outcome: Outcome = { kind: "failed", reason: "RegistryUnavailable", because: "no answer" };
    expect(show({ desired: desire(undefined), outcome, specProblem: "services.yaml:3:1: unknown key" }))
      .toMatchInlineSnapshot(`
        "
        shop/web docker.io/acme/web:latest Unknown Healthy, wants ?, runs sha256:aaaaaaaaaaaa r1
        Ready False RegistryUnavailable: no answer
        SpecValid False SpecInvalid: services.yaml:3:1: unknown key
        DigestResolved Unknown RegistryUnavailable: docker.io does not answer
        Progressing False RegistryUnavailable: no answer
        Healthy True Converged: shop-web-1 is running, health none
        RolledBack False Converged: the last rollout was not rolled back
        StaleMount False Converged: no mounted file has been replaced
        LocalChanges False Converged: no commit waits for a file that a container has changed
        Promoted True Converged: the file names no tag that is to be moved
        "
      `);
  });

  it("shows the desired digest where equal content runs under another", () => {
    const target = { known: true as const, digest: digestOf("b"), sameContent: [digestOf("a")] };
    const status = statusOf(inputOf({ desired: { ...desire("b"), target } }), undefined);
    expect(status).toMatchObject({ sync: "Synced", activeDigest: digestOf("b"), desiredDigest: digestOf("b") });
  });
});

describe("sync and health", () => {
  const standings: Partial<Record<Outcome["reason"], Outcome["standing"]>> = {
    DigestHeld: "held",
    RollbackFailed: "stuck",
    CrashLooping: "crashing",
  };
  const blocked = (reason: Outcome["reason"]): Outcome => {
    const standing = reason === "Paused" ? "paused" : standings[reason];
    return { kind: "blocked", reason, because: "", ...(standing === undefined ? {} : { standing }) };
  };
  const wait = (reason: Outcome["reason"]): Outcome => {
    const standing = standings[reason];
    const awaits = reason === "Pulling" ? "registry" : reason === "WaitingForHealth" ? "health" : "person";
    return {
      kind: "wait",
      until: undefined,
      awaits,
      reason,
      because: "",
      ...(standing === undefined ? {} : { standing }),
    };
  };
  const stopped = containerIn("active", "a", 1, { state: "exited" });
  const next = containerIn("next", "a", 2);

  it.each<[string, string, Partial<StatusInput>]>([
    ["what runs is what is wanted", "Synced Healthy", {}],
    ["another digest runs", "OutOfSync Healthy", { desired: desire("b") }],
    ["another spec runs", "OutOfSync Healthy", { desired: desire("a", specOf(), "H2") }],
    ["nobody knows what is wanted", "Unknown Healthy", { desired: desire(undefined) }],
    ["the digest is held", "Held Healthy", { desired: desire("b"), outcome: blocked("DigestHeld") }],
    ["the roll-back failed", "Held Degraded", { desired: desire("b"), outcome: blocked("RollbackFailed") }],
    ["the rollout is paused", "Paused Healthy", { desired: desire("b"), outcome: blocked("Paused") }],
    [
      "a person paused the container",
      "Synced Degraded",
      {
        containers: [{ ...active, state: "paused" }],
        outcome: wait("Paused"),
      },
    ],
    ["it loops", "Synced Degraded", { outcome: wait("CrashLooping") }],
    ["it is unhealthy", "Synced Degraded", { containers: [{ ...active, health: "unhealthy" }] }],
    ["its check has not passed yet", "Synced Progressing", { containers: [{ ...active, health: "starting" }] }],
    ["its check passes", "Synced Healthy", { containers: [{ ...active, health: "healthy" }] }],
    ["it ended and nothing can be done", "Synced Degraded", { containers: [stopped], outcome: blocked("StartFailed") }],
    ["it ended and is started again", "Synced Progressing", { containers: [stopped], outcome: goesOn }],
    [
      "it ended and another one proves itself",
      "Synced Progressing",
      {
        containers: [stopped, next],
        outcome: wait("WaitingForHealth"),
      },
    ],
    [
      "it ended, the new one too, and failure_action is pause",
      "Paused Degraded",
      { desired: desire("b"), containers: [stopped, { ...next, state: "exited" }], outcome: blocked("Paused") },
    ],
    ["the first one proves itself", "OutOfSync Progressing", { containers: [next], outcome: wait("WaitingForHealth") }],
    ["its first image is being pulled", "OutOfSync Progressing", { containers: [], outcome: wait("Pulling") }],
    [
      "the first start waits for another service",
      "OutOfSync Missing",
      {
        containers: [],
        outcome: wait("WaitingForDependency"),
      },
    ],
    ["the first start was refused", "OutOfSync Missing", { containers: [], outcome: blocked("NameConflict") }],
  ])("%s: %s", (_when, expected, patch) => {
    expect(short(patch)).toBe(expected);
  });
});

describe("conditions", () => {
  const ofType = (type: string, patch: Partial<StatusInput>, before?: ServiceStatus) =>
    statusOf(inputOf(patch), before).conditions.find((condition) => condition.type === type);

  it.each<[Outcome["kind"], string]>([
    ["converged", "False"],
    ["continue", "True"],
    ["wait", "True"],
    ["failed", "True"],
    ["blocked", "False"],
  ])("a run that ended with %s: Progressing %s", (kind, status) => {
    const outcome = { kind, until: undefined, reason: "Pulling", because: "so" } as Outcome;
    expect(ofType("Progressing", { outcome })).toMatchObject({ status, reason: "Pulling", message: "so" });
  });

  it("a silent registry is no progress, but a repair meanwhile is", () => {
    const desired = desire(undefined);
    const silent: Outcome = { kind: "failed", reason: "RegistryUnavailable", because: "no answer" };
    expect(ofType("Progressing", { desired, outcome: silent })).toMatchObject({ status: "False" });
    expect(ofType("Progressing", { desired, outcome: goesOn })).toMatchObject({ status: "True" });
  });

  it.each(["unhealthy", "starting"] as const)("a container that is %s is neither ready nor healthy", (health) => {
    const patch = { containers: [{ ...active, health }] };
    expect(ofType("Ready", patch)).toMatchObject({ status: "False" });
    expect(ofType("Healthy", patch)).toMatchObject({
      status: "False",
      message: `shop-web-1 is running, health ${health}`,
    });
  });

  it("what serves is not ready as long as something is to be done", () => {
    expect(ofType("Ready", { outcome: goesOn })).toMatchObject({ status: "False", reason: "RolloutStarted" });
  });

  it("carry the generation, and move their time only when the status does", () => {
    const before = statusOf(inputOf(), undefined);
    expect(before.conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual(
      [
        "Ready",
        "SpecValid",
        "DigestResolved",
        "Progressing",
        "Healthy",
        "RolledBack",
        "StaleMount",
        "LocalChanges",
        "Promoted",
      ].map((type) => [type, "1970-01-01T00:16:40.000Z"]),
    );
    const later = { now: now + 60_000, generation: 8, outcome: goesOn };
    expect(ofType("Ready", later, before)).toMatchObject({
      observedGeneration: 8,
      lastTransitionTime: "1970-01-01T00:17:40.000Z",
    });
    expect(ofType("Healthy", later, before)).toMatchObject({
      observedGeneration: 8,
      lastTransitionTime: "1970-01-01T00:16:40.000Z",
    });
  });
});

describe("a service that nobody has looked at", () => {
  const service = { project: "shop", service: "web", name: "web", image: "docker.io/acme/web:latest" };
  const bare = (reason: Outcome["reason"]) => bareStatus(service, { reason, because: "so it is" }, 7, now);

  it("is unknown", () => {
    expect(textOf(bare("NotObserved"))).toMatchInlineSnapshot(`
      "
      shop/web docker.io/acme/web:latest Unknown Unknown, wants ?, runs nothing r-
      Ready Unknown NotObserved: so it is
      SpecValid Unknown NotObserved: so it is
      DigestResolved Unknown NotObserved: so it is
      Progressing Unknown NotObserved: so it is
      Healthy Unknown NotObserved: so it is
      RolledBack Unknown NotObserved: so it is
      StaleMount Unknown NotObserved: so it is
      LocalChanges Unknown NotObserved: so it is
      Promoted Unknown NotObserved: so it is
      "
    `);
    expect(bare("NotObserved").conditions[0]).toMatchObject({
      observedGeneration: 7,
      lastTransitionTime: "1970-01-01T00:16:40.000Z",
    });
    expect(bare("NotObserved").lastRollout).toBeUndefined();
  });

  it.each(["Orphaned", "Removing"] as const)("and that left the file is out of sync: %s", (reason) => {
    expect(bare(reason)).toMatchObject({ sync: "OutOfSync", health: "Missing" });
    expect(bare(reason).conditions.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => "False"));
  });

  it.each([
    [[], "Missing", 0],
    [[{ health: "healthy" }], "Healthy", 1],
    [[{}, { slot: 2, health: "starting" }], "Progressing", 1],
    [[{}, { slot: 2, health: "unhealthy" }], "Degraded", 1],
    [[{ state: "exited", exitCode: 0 }], "Unknown", 0],
    [[{ state: "exited", exitCode: 1 }, { slot: 2 }], "Degraded", 1],
  ] as const)("and that left the file is as well as what is left of it: %j", (patches, health, ready) => {
    const left = patches.map((patch) => containerIn("active", "a", 3, patch));
    const previous = containerIn("previous", "a", 2);
    const status = leftStatus(service, [...left, previous], { reason: "Orphaned", because: "so it is" }, now);
    expect(status).toMatchObject({ sync: "OutOfSync", health, replicas: { desired: 0, ready, updated: 0 } });
    expect(status.image).toBe("docker.io/acme/web:latest");
    expect([status.revision, status.activeDigest]).toEqual(
      left.length === 0 ? [undefined, undefined] : [3, digestOf("a")],
    );
  });
});
