import { describe, expect, it } from "vitest";
import type { Reason, Rollout, ServiceStatus } from "../../../../src/plan/model/condition.js";
import type { Outcome } from "../../../../src/plan/model/outcome.js";
import { waitFor } from "../../../../src/plan/model/outcome.js";
import { explain } from "../../../../src/plan/status/explain.js";
import type { NextLook, Situation } from "../../../../src/plan/status/explain.js";
import { reasonWords } from "../../../../src/plan/status/reason-words.js";
import { leftStatus } from "../../../../src/plan/status/left.js";
import { bareStatus, statusOf } from "../../../../src/plan/status/status.js";
import type { StatusInput } from "../../../../src/plan/status/status.js";
import { withoutSight, withTrouble } from "../../../../src/plan/status/trouble.js";
import { containerIn, desire, digestOf, now, specOf } from "../world.js";

const active = containerIn("active", "a", 1);
const next = containerIn("next", "b", 2);
const converged: Outcome = { kind: "converged", reason: "Converged", because: "shop-web-1 runs it" };
const at = "1970-01-01T00:15:00.000Z";
const bare = { project: "shop", name: "web", image: "docker.io/acme/web:latest" };

const rollout: Rollout = {
  id: "shop/web@2",
  from: digestOf("a"),
  to: digestOf("b"),
  startedAt: at,
  finishedAt: "1970-01-01T00:16:00.000Z",
  outcome: "rolled-back",
  reason: "DigestHeld",
  message: "HealthDeadlineExceeded: its health check did not pass within 30 s",
};
const failure = {
  ...{ digest: digestOf("b"), container: "shop-web-1.next", reason: "HealthDeadlineExceeded" },
  ...{ message: "its health check did not pass within 30 s", at: "1970-01-01T00:16:00.000Z" },
};
const { message: _why, ...ended } = rollout;
const promoted = { ...ended, id: "shop/web@1", to: digestOf("a"), outcome: "promoted", reason: "Converged" } as const;
const revisions = [promoted, promoted].map(({ id: _id, ...one }, index) => ({
  ...{ ...one, revision: 2 - index, active: index === 0 },
}));

function statusIn(patch: Partial<StatusInput>): ServiceStatus {
  const input = { desired: desire("a"), containers: [active], outcome: converged, rollout: undefined, now };
  return statusOf({ ...input, specProblem: undefined, generation: 7, ...patch }, undefined);
}

function told(status: ServiceStatus, nextLook?: NextLook, history: Partial<NonNullable<Situation["history"]>> = {}) {
  const known = { revisions: [], paused: false, failures: [], ...history };
  const explanation = explain({ status, history: known, nextLook });
  const { sentences, next: then, can } = explanation;
  const lines = [...sentences, `Next: ${then.what}`];
  return `\n${[...lines, ...can.map(({ command }) => `$ ${command}`)].join("\n")}\n`;
}

const newer = { desired: desire("b") };
const blocked = (reason: Outcome["reason"], because: string, standing?: Outcome["standing"]): Outcome => ({
  ...{ kind: "blocked", reason, because },
  ...(standing === undefined ? {} : { standing }),
});

describe("a service explained", () => {
  it("that runs what is wanted", () => {
    expect(told(statusIn({}), undefined, { revisions })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest.
      Everything runs as declared since 1970-01-01T00:16:40Z: shop-web-1 runs it.
      Next: it is looked at again when the file, the tag or the host changes, and by the schedule
      $ fairlead rollback shop/web
      "
    `);
  });

  it("that came with a commit", () => {
    const commit = { id: "c0ffee0123", source: "git.example.org/ops.git", author: "Ada", subject: "web 1.4" };
    expect(told(statusIn({ rollout: { ...promoted, commit } }))).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest. It came with commit c0ffee0 of git.example.org/ops.git (Ada: web 1.4).
      Everything runs as declared since 1970-01-01T00:16:40Z: shop-web-1 runs it.
      The last rollout, to sha256:aaaaaaaaaaaa, began at 1970-01-01T00:15:00Z and succeeded at 1970-01-01T00:16:00Z.
      Next: it is looked at again when the file, the tag or the host changes, and by the schedule
      "
    `);
  });

  it("whose image is pulled", () => {
    const outcome = waitFor("registry", "Pulling", "docker.io/acme/web is pulled");
    expect(told(statusIn({ ...newer, outcome }), now + 30_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      The new image is being pulled, and what runs keeps running: docker.io/acme/web is pulled.
      Next: the rollout begins when the image is on this host; it is looked at again at 1970-01-01T00:17:10Z at the latest
      $ fairlead wait shop/web
      $ fairlead events shop/web
      "
    `);
  });

  it("whose new container starts, and is looked at right now", () => {
    const outcome: Outcome = { kind: "continue", reason: "RolloutStarted", because: "the digest has changed" };
    expect(told(statusIn({ ...newer, containers: [active, next], outcome }), "now")).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A rollout has begun: the digest has changed.
      Next: it is being looked at right now; the new container is started, and has to prove itself
      $ fairlead wait shop/web
      $ fairlead logs shop/web
      $ fairlead pause shop/web
      "
    `);
  });

  it("whose new container has to prove itself", () => {
    const outcome = waitFor("health", "WaitingForHealth", "shop-web-1.next is healthy, 5 s to go", now + 5_000);
    const open = { ...rollout, finishedAt: undefined, outcome: undefined, message: undefined } as unknown as Rollout;
    expect(told(statusIn({ ...newer, containers: [active, next], outcome, rollout: open }), now + 5_000))
      .toMatchInlineSnapshot(`
        "
        shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
        sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
        A rollout is under way: the new container has to prove itself: shop-web-1.next is healthy, 5 s to go.
        The last rollout, to sha256:bbbbbbbbbbbb, began at 1970-01-01T00:15:00Z and is under way.
        Next: it takes over once it has been healthy for long enough; if that does not happen in time, it is rolled back; it is looked at again at 1970-01-01T00:16:45Z at the latest
        $ fairlead wait shop/web
        $ fairlead logs shop/web
        "
      `);
  });

  it("that is held after a failure", () => {
    const outcome = blocked("DigestHeld", `${digestOf("b")} failed: its health check did not pass`, "held");
    const status = statusIn({ ...newer, outcome, rollout });
    expect(told(status, undefined, { failures: [failure, failure] })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      The wanted image has failed here and is held: it is not tried again by itself: sha256:bbbbbbbbbbbb failed: its health check did not pass.
      The last rollout, to sha256:bbbbbbbbbbbb, began at 1970-01-01T00:15:00Z and was rolled back at 1970-01-01T00:16:00Z (HealthDeadlineExceeded: its health check did not pass within 30 s).
      shop-web-1.next failed at 1970-01-01T00:16:00Z, the last of 2 tries of that image: its health check did not pass within 30 s.
      Next: nothing, until a new image is pushed, the file changes, or a person asks to try it again
      $ fairlead logs shop/web --failed
      $ fairlead diff shop/web
      $ fairlead retry shop/web
      "
    `);
  });

  it("whose way back failed too", () => {
    const outcome = blocked("RollbackFailed", "the way back failed: shop-web-1 exited with 1", "stuck");
    expect(told(statusIn({ ...newer, containers: [], outcome }))).toMatchInlineSnapshot(`
      "
      Nothing of shop/web serves.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A rollout failed, and its rollback failed too: the way back failed: shop-web-1 exited with 1.
      Next: nothing, until a new image is pushed, the file changes, or a person asks to try it again
      $ fairlead logs shop/web
      $ fairlead retry shop/web
      "
    `);
  });

  it("that waits for its window", () => {
    const outcome = waitFor("time", "WaitingForWindow", "the window opens at 1970-01-01T02:00:00Z", 7_200_000);
    expect(told(statusIn({ ...newer, outcome }), 7_200_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A rollout waits for the maintenance window: the window opens at 1970-01-01T02:00:00Z.
      Next: the window opens at 1970-01-01T02:00:00Z, and the rollout begins
      $ fairlead plan shop/web
      "
    `);
  });

  it("that waits for an approval", () => {
    const outcome = blocked("WaitingForApproval", "it waits for `fairlead approve shop/web`", "unapproved");
    expect(told(statusIn({ ...newer, outcome }))).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A rollout waits for a person's approval: it waits for \`fairlead approve shop/web\`.
      Next: nothing, until a person approves it
      $ fairlead diff shop/web
      $ fairlead approve shop/web
      $ fairlead plan shop/web
      "
    `);
  });

  it("that waits for the age of its image", () => {
    const outcome = waitFor("time", "WaitingForAge", "it is old enough at 1970-01-02T00:00:00Z", 86_400_000);
    expect(told(statusIn({ ...newer, outcome }), 86_400_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A rollout waits until the image is old enough: it is old enough at 1970-01-02T00:00:00Z.
      Next: the image is old enough at 1970-01-02T00:00:00Z, and the rollout begins
      $ fairlead plan shop/web
      "
    `);
  });

  it("that waits for another service", () => {
    const outcome = waitFor("dependency", "WaitingForDependency", "db is not healthy yet");
    expect(told(statusIn({ containers: [], outcome }), now + 30_000)).toMatchInlineSnapshot(`
      "
      Nothing of shop/web serves.
      sha256:aaaaaaaaaaaa is wanted: docker.io/acme/web:latest.
      It waits for another service: db is not healthy yet.
      Next: it goes on when that service is as \`depends_on\` demands; it is looked at again at 1970-01-01T00:17:10Z at the latest
      $ fairlead plan shop/web
      $ fairlead events shop/web
      "
    `);
  });

  it("that waits for a job", () => {
    const outcome = waitFor("job", "WaitingForJob", "shop-web-migrate runs since 10 s");
    expect(told(statusIn({ ...newer, outcome }), now + 30_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A job has to end first: shop-web-migrate runs since 10 s.
      Next: the rollout goes on when the job has succeeded; it is looked at again at 1970-01-01T00:17:10Z at the latest
      $ fairlead logs shop/web
      $ fairlead events shop/web
      "
    `);
  });

  it("whose job failed", () => {
    const outcome = blocked("JobFailed", "migrate exited with 1", "job-failed");
    expect(told(statusIn({ ...newer, outcome }), undefined, { failures: [failure] })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      A job has failed: migrate exited with 1.
      shop-web-1.next failed at 1970-01-01T00:16:00Z: its health check did not pass within 30 s.
      Next: the job is not run again by itself
      $ fairlead logs shop/web --failed
      $ fairlead retry shop/web
      "
    `);
  });

  it("that a person has pinned", () => {
    const pin = { revision: 1, digest: digestOf("a"), specHash: "H", image: bare.image, at: 1 };
    const desired = { ...desire("a"), pin: { ...pin, over: desire("b").target } };
    expect(told(statusIn({ desired }), undefined, { revisions })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      A person has gone back to revision 1, and it stays there until it is resumed. The file and the tag want sha256:bbbbbbbbbbbb.
      It is well since 1970-01-01T00:16:40Z: shop-web-1 runs it.
      Next: it is looked at again when the file, the tag or the host changes, and by the schedule
      $ fairlead resume shop/web
      "
    `);
  });

  it("that is paused", () => {
    const outcome = blocked("Paused", "paused since 1970-01-01T00:00:00Z", "paused");
    const status = statusIn({ ...newer, outcome, isPaused: true });
    expect(told(status, undefined, { paused: true })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      sha256:bbbbbbbbbbbb is wanted: docker.io/acme/web:latest.
      It is paused: no rollout begins, and repairs go on: paused since 1970-01-01T00:00:00Z.
      Next: nothing, until it is resumed
      $ fairlead resume shop/web
      $ fairlead diff shop/web
      $ fairlead plan shop/web
      "
    `);
  });

  it("that a person has stopped for a time", () => {
    const outcome: Outcome = {
      ...waitFor("person", "Stopped", "a person has stopped it: it is off until 1970-01-01T01:00:00Z", 3_600_000),
      standing: "stopped",
    };
    expect(told(statusIn({ containers: [], outcome }), 3_600_000)).toMatchInlineSnapshot(`
      "
      Nothing of shop/web serves, as was asked.
      sha256:aaaaaaaaaaaa is wanted: docker.io/acme/web:latest.
      It is stopped on purpose: a person has stopped it: it is off until 1970-01-01T01:00:00Z.
      Next: it is started again at 1970-01-01T01:00:00Z
      $ fairlead start shop/web
      "
    `);
  });

  it("whose policy chooses no tag", () => {
    const spec = specOf({ policy: { kind: "semver", range: "^9" } } as never);
    const target = { known: false, reason: "NoTagMatches", message: "no tag of acme/web is within ^9" } as const;
    const outcome = blocked("NoTagMatches", target.message);
    expect(told(statusIn({ desired: { spec, specHash: "H", target }, outcome }))).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      The digest of docker.io/acme/web:latest is not known: no tag of acme/web is within ^9.
      No tag of the repository fits its policy: no tag of acme/web is within ^9.
      Next: it is looked at again when a tag is pushed, and by the schedule
      $ fairlead images shop/web
      "
    `);
  });

  it("whose registry is away", () => {
    const outcome: Outcome = { kind: "failed", reason: "RegistryUnavailable", because: "docker.io does not answer" };
    expect(told(statusIn({ desired: desire(undefined), outcome }), now + 60_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      The digest of docker.io/acme/web:latest is not known: docker.io does not answer.
      The registry cannot be asked: what runs is kept, and no rollout begins: docker.io does not answer.
      Next: it is tried again at 1970-01-01T00:17:40Z
      $ fairlead doctor
      $ fairlead reconcile shop/web
      "
    `);
  });

  it("that keeps ending", () => {
    const outcome: Outcome = {
      ...waitFor("time", "CrashLooping", "shop-web-1 has ended 4 times, with exit code 1", now + 8_000),
      standing: "crashing",
    };
    const ended = { ...active, state: "exited", exitCode: 1, finishedAt: now } as const;
    expect(told(statusIn({ containers: [ended], outcome }), now + 8_000, { revisions })).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 0 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest.
      It keeps ending by itself: shop-web-1 has ended 4 times, with exit code 1.
      Next: it is started again, each time a little later; it is looked at again at 1970-01-01T00:16:48Z at the latest
      $ fairlead logs shop/web
      $ fairlead rollback shop/web
      "
    `);
  });

  it("that runs what is wanted and does not serve", () => {
    expect(told(statusIn({ containers: [{ ...active, health: "unhealthy" }] }))).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 0 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest.
      Everything that can be done is done, but it does not serve as it should: shop-web-1 runs it.
      Next: it is looked at again when the file, the tag or the host changes, and by the schedule
      $ fairlead logs shop/web
      "
    `);
  });

  it("whose newest file is broken, and whose files a container has changed", () => {
    const status = statusIn({ specProblem: "services.yaml:4: no", localChanges: "app.conf: changed by both" });
    expect(told(status)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest.
      Everything runs as declared since 1970-01-01T00:16:40Z: shop-web-1 runs it.
      The newest services file is not in force: services.yaml:4: no.
      A commit and a container have both changed a file: app.conf: changed by both.
      Next: it is looked at again when the file, the tag or the host changes, and by the schedule
      $ fairlead validate
      $ fairlead sync shop --ours
      $ fairlead sync shop --theirs
      "
    `);
  });

  it("that what others have made stands in the way of", () => {
    const outcome = blocked("NameConflict", "shop-web-1 was not made by Fairlead", "obstructed");
    expect(told(statusIn({ containers: [], outcome }))).toMatchInlineSnapshot(`
      "
      Nothing of shop/web serves.
      sha256:aaaaaaaaaaaa is wanted: docker.io/acme/web:latest.
      A container that others have made has its name: shop-web-1 was not made by Fairlead.
      Next: that container is left alone, and no other one is created
      $ fairlead plan shop/web
      $ fairlead adopt shop/web
      "
    `);
  });

  it("that the host has refused something", () => {
    const error = { message: "no space left on device", remedy: "make room" };
    expect(told(withTrouble(statusIn({}), "EngineRefused", error, now), now + 1_000)).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z; 1 of 1 replicas serve.
      That is what its services file wants, and what the registry has for docker.io/acme/web:latest.
      The engine refuses the next step: no space left on device; make room.
      Next: it is tried again at 1970-01-01T00:16:41Z
      $ fairlead doctor
      $ fairlead events shop/web
      "
    `);
  });

  it("that nobody can see, and could before", () => {
    const status = withoutSight(statusIn({}), "connect ENOENT", now, undefined);
    const explanation = explain({ status, history: undefined, nextLook: undefined });
    expect(explanation.sentences).toMatchInlineSnapshot(`
      [
        "shop/web ran sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z, when it was last seen at 1970-01-01T00:16:40Z.",
        "That is what its services file wants, and what the registry has for docker.io/acme/web:latest.",
        "Nothing is done for it now: the engine cannot be reached, and so how the service stands is not known: connect ENOENT.",
        "What was tried is not known now: the host cannot be seen.",
      ]
    `);
    expect(explanation.can).toEqual([expect.objectContaining({ command: "fairlead doctor" })]);
  });

  it("that no file declares any more", () => {
    const outcome = blocked("Orphaned", "shop/web is in no services file any more");
    expect(told(leftStatus({ project: "shop", name: "web" }, [active], outcome, now))).toMatchInlineSnapshot(`
      "
      shop/web runs sha256:aaaaaaaaaaaa, revision 1, in a container made at 1970-01-01T00:15:39Z.
      No services file declares it any more, and it is left as it is: shop/web is in no services file any more.
      Next: nothing: the controller does not prune
      $ fairlead plan shop/web
      "
    `);
  });

  it("ends every sentence, and says when it is looked at again, whatever the reason", () => {
    for (const [reason, words] of Object.entries(reasonWords)) {
      const outcome = waitFor("time", reason as Reason, "so it is");
      const status = statusIn({ ...newer, outcome });
      const history = { revisions: [], paused: false, failures: [failure] };
      for (const nextLook of ["now", now + 1_000, undefined] as const) {
        const { sentences, next: then, can } = explain({ status, history, nextLook });
        expect(sentences.filter((one) => !/^[A-Za-z].*\.$/.test(one) || one.includes("undefined"))).toEqual([]);
        expect([reason, typeof nextLook === "number"]).toEqual([reason, then.at !== undefined]);
        expect(then.what).not.toMatch(/\bAT\b|\.$|undefined/);
        expect(can.length, reason).toBeGreaterThanOrEqual(words.can.length);
      }
    }
  });

  it("that was never looked at", () => {
    const outcome = { reason: "NotObserved", because: "it has not been looked at yet" } as const;
    expect(told(bareStatus(bare, outcome, 1, now), "now")).toMatchInlineSnapshot(`
      "
      Whether anything of shop/web runs is not known.
      The digest of docker.io/acme/web:latest is not known: it has not been looked at yet.
      It has not been looked at yet.
      Next: it is being looked at right now; it is looked at as soon as the host has been seen
      $ fairlead doctor
      "
    `);
  });
});
