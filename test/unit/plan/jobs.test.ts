import { variables } from "../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { jobsHash } from "../../../src/compose/model/hash.js";
import { forecast } from "../../../src/plan/forecast.js";
import { pinned } from "../../../src/plan/history/pin.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { planRemoval } from "../../../src/plan/rollout/removal.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import { Secret } from "../../../src/tools/secret.js";
import { exited, jobContainer, migrate, purge, remembered, seed } from "./jobs.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, port8080, specOf } from "./world.js";

const spec = specOf({ before: [migrate, seed] });
const active = containerIn("active", "a", 1);
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b")];
const host = (...jobs: ReturnType<typeof jobContainer>[]) => hostWith([active, ...jobs], { images });
const text = (jobs: ReturnType<typeof jobContainer>[], ended: ReturnType<typeof remembered>[] = [], wanted = spec) =>
  planText({ desired: desire("b", wanted), host: host(...jobs), memory: { jobs: ended } });

describe("before a new container", () => {
  it("the first job runs, once the image is here", () => {
    const missing = hostWith([active], { images: [imageOf("a", [1])] });
    expect(planText({ desired: desire("b", spec), host: missing })).toContain("=> wait: Pulling");
    expect(text([])).toMatchInlineSnapshot(`
      "
      1. create shop-web.before.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      2. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
  });

  it("it is waited for until its timeout", () => {
    expect(text([jobContainer({})])).toMatchInlineSnapshot(`
      "
      => wait: WaitingForJob: before job 1 (shop-web.before.1) has not ended yet
      "
    `);
  });

  it("the next one follows, and then the container", () => {
    const first = jobContainer({}, exited(0));
    expect(text([first])).toMatchInlineSnapshot(`
      "
      1. create shop-web.before.2 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      2. start shop-web.before.2 (it is to run to its end)
      => continue: WaitingForJob: before job 2: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
    const second = jobContainer({ index: 2, job: seed }, exited(0));
    expect(text([first, second])).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("it runs on the first start too, after what the service depends on", () => {
    const nothing = hostWith([], { images: [imageOf("b")], networks: new Map() });
    expect(planText({ desired: desire("b", spec), host: nothing })).toMatchInlineSnapshot(`
      "
      1. create network shop_default (the service joins it and it is missing)
      2. create shop-web.before.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      3. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
    const dependent = specOf({ before: [migrate], dependsOn: [{ service: "db", condition: "service_healthy" }] });
    expect(planText({ desired: desire("b", dependent), host: nothing })).toContain("WaitingForDependency");
  });

  it("one that was created and not started is started, with all that it needs", () => {
    const file = { origin: "configs.app", path: "/app.conf", content: new Secret("a"), mode: 0o444, uid: 0, gid: 0 };
    const wanted = specOf({ before: [migrate], files: [file] });
    const created = { state: "created", startedAt: undefined, networks: [] } as const;
    expect(text([jobContainer({}, created)], [], wanted)).toMatchInlineSnapshot(`
      "
      1. connect shop-web.before.1 on shop_default without an alias (it has not proved itself: it answers to no alias)
      2. write configs.app to /app.conf in shop-web.before.1 (they are to be there when it starts)
      3. start shop-web.before.1 (it is created and not started)
      => continue: WaitingForJob: before job 1: it is created and not started
      "
    `);
  });

  it("has the service's own surroundings, but nothing that a replica has", () => {
    const wanted = specOf({
      container: {
        ports: [port8080],
        labels: { "traefik.enable": "true" },
        environment: variables({ A: "b" }),
        entrypoint: ["/e"],
      },
      before: [migrate],
    });
    const { steps } = planOf(wanted);
    const step = steps.find(({ kind }) => kind === "create-container");
    expect(step).toMatchObject({
      spec: {
        container: {
          command: ["migrate"],
          entrypoint: ["/e"],
          environment: variables({ A: "b" }),
          ports: [],
          labels: {},
          restart: { name: "no" },
          healthcheck: { disabled: true },
        },
        networks: [{ aliases: [] }],
      },
      digest: digestOf("b"),
      job: { target: digestOf("b"), phase: "before", index: 1 },
    });
  });

  it("may come from another image, whose digest is asked for and pulled", () => {
    const image = { registry: "docker.io", repository: "acme/tool", tag: "1", digest: undefined };
    const wanted = specOf({ container: { entrypoint: ["/e"] }, before: [{ ...migrate, image }] });
    const named = (letter: string) => new Map([["docker.io/acme/tool:1", { ...desire(letter).target }]]);
    expect(planText({ desired: desire("b", wanted), host: host() })).toMatchInlineSnapshot(`
      "
      => failed: NotObserved: the image of before job 1 is not known: acme/tool:1 is being asked for
      "
    `);
    const desired = { ...desire("b", wanted), jobImages: named("e") };
    expect(planText({ desired, host: host() })).toMatchInlineSnapshot(`
      "
      1. pull acme/tool@sha256:eeeeeeeeeeee (the image is not on this host yet)
      => wait: Pulling: acme/tool@sha256:eeeeeeeeeeee is being pulled
      "
    `);
    const tool = { ...imageOf("e"), digests: [`acme/tool@${digestOf("e")}`] as const };
    const there = hostWith([active], { images: [...images, tool] });
    expect(planText({ desired, host: there })).toMatchInlineSnapshot(`
      "
      1. create shop-web.before.1 from sha256:eeeeeeeeeeee on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      2. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
    const { steps } = planOf(wanted, { ...desired }, there);
    expect(steps.find(({ kind }) => kind === "create-container")).toMatchObject({
      spec: { image, container: { entrypoint: undefined } },
      digest: digestOf("e"),
      job: { target: digestOf("b") },
    });
  });
});

describe("never twice", () => {
  it("what the journal remembers need not be there any more", () => {
    const ended = [remembered(jobContainer({}), "done"), remembered(jobContainer({ index: 2, job: seed }), "done")];
    expect(text([], ended)).toContain("create shop-web-1.next");
  });

  it("a container of that digest and spec proves it too", () => {
    const previous = containerIn("previous", "b", 3);
    const again = hostWith([active, previous], { images });
    expect(planText({ desired: desire("b", spec), host: again })).toContain("create shop-web-1.next");
    const gone = hostWith([containerIn("active", "b", 2)], { images });
    expect(planText({ desired: desire("b", { ...spec, replicas: 2 }), host: gone })).toContain(
      "create shop-web-2.next",
    );
  });

  it("another digest or spec is another occasion, and takes the place of the earlier one's containers", () => {
    const old = [
      jobContainer({ target: "a" }, exited(0)),
      jobContainer({ index: 2, job: seed, target: "a" }, exited(0)),
    ];
    expect(text(old)).toMatchInlineSnapshot(`
      "
      1. remove shop-web.before.1 (another run takes its place)
      2. remove shop-web.before.2 (another run takes its place)
      3. create shop-web.before.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      4. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
    expect(text([jobContainer({}, { ...exited(0), specHash: "G" })])).toContain("create shop-web.before.1");
  });

  it("a digest of equal content is none", () => {
    const first = jobContainer({ target: "c" }, exited(0));
    const desired = {
      ...desire("b", specOf({ before: [migrate] })),
      target: { known: true as const, digest: digestOf("b"), sameContent: [digestOf("c")] },
    };
    expect(planText({ desired, host: host(first) })).toContain("create shop-web-1.next");
  });

  it("not on the way back to what served before", () => {
    const bad = hostWith([containerIn("failed", "b", 2)], { images });
    const memory = { holds: [hold("b")], stableDigest: digestOf("a") };
    expect(planText({ desired: desire("b", spec), host: bad, memory })).toContain(
      "create shop-web-1.next from sha256:aaaa",
    );
  });

  it("not twice at once: one that is no longer wanted is let end first", () => {
    const other = jobContainer({ target: "c" });
    expect(text([other])).toMatchInlineSnapshot(`
      "
      => wait: WaitingForJob: before job 1 (shop-web.before.1) has not ended yet
      "
    `);
    const second = jobContainer({ index: 2, job: seed, target: "c" }, { startedAt: now - 1_000 });
    expect(text([jobContainer({}, exited(0)), second])).toContain("before job 2 (shop-web.before.2) has not ended yet");
  });

  it("not on the way back that a person has asked for", () => {
    const pin = { revision: 1, digest: digestOf("a"), specHash: "H", image: "docker.io/acme/web:latest", at: now };
    const desired = pinned(desire("b", { ...spec, after: [purge] }), pin);
    const onB = hostWith([containerIn("active", "b", 2)], { images });
    expect(planText({ desired, host: onB })).toContain("create shop-web-1.next from sha256:aaaa");
  });

  it("goes on though its window has closed, unless it has failed", () => {
    const window = { opensAt: now + 60_000 };
    const closed = { ...desire("b", spec), window };
    expect(planText({ desired: closed, host: host() })).toContain("WaitingForWindow");
    const first = jobContainer({}, exited(0));
    expect(planText({ desired: closed, host: host(first) })).toContain("create shop-web.before.2");
    const newer = { ...desire("c", spec), window };
    expect(planText({ desired: newer, host: host(first) })).toContain("create shop-web.before.2 from sha256:bbbb");
    const failed = jobContainer({}, exited(1));
    const memory = { jobs: [remembered(failed, "retried")] };
    expect(planText({ desired: closed, host: host(failed), memory })).toContain("WaitingForWindow");
  });

  it("replicas share it", () => {
    expect(text([], [], { ...spec, replicas: 3, update: { ...spec.update, parallelism: 0 } })).toMatchInlineSnapshot(`
      "
      1. create shop-web.before.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      2. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
  });
});

describe("a job that fails", () => {
  const failed = jobContainer({}, exited(1));

  it("is remembered with its last lines, and nothing of the service is touched", () => {
    expect(text([failed])).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web.before.1 and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds the digest that it ran for)
      => continue: JobFailed: before job 1 (shop-web.before.1) exited with code 1 after 10s
      "
    `);
    expect(text([failed], [remembered(failed, "failed")])).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: before job 1 (shop-web.before.1) exited with code 1 after 10s; held until the image or the spec changes, or a retry
      "
    `);
  });

  it.each([
    ["out of memory", { ...exited(137), oomKilled: true }, "was killed for using too much memory after 10s"],
    ["stopped by somebody", { ...exited(0), endedByRequest: true }, "was stopped by somebody else, or with the engine"],
    [
      "past its timeout, however it ended",
      { ...exited(0), startedAt: now - 700_000 },
      "did not end within its timeout of 600s",
    ],
    [
      "not startable",
      { state: "created", startedAt: undefined, startError: "OCI runtime create failed: exec: migrate" } as const,
      "could not be started: OCI runtime",
    ],
    ["dead", { ...exited(0), state: "dead" } as const, "exited with code 0"],
  ])("%s", (_name, patch, message) => {
    expect(text([jobContainer({}, patch)])).toContain(`hold sha256:bbbbbbbbbbbb (the journal keeps`);
    expect(text([jobContainer({}, patch)])).toContain(message);
  });

  it("with an engine that went away is not run again by itself", () => {
    const outage = { engineOutage: { from: now - 55_000, to: now - 45_000 }, images };
    const view = { desired: desire("b", spec), host: hostWith([active, jobContainer({}, exited(0))], outage) };
    expect(planText(view)).toContain("was stopped by somebody else, or with the engine");
  });

  it("that ended well just before the engine went away has ended well", () => {
    const from = now - 49_700;
    const outage = { engineOutage: { from, to: from + 2_000 }, images };
    const after = (code: number) =>
      planText({ desired: desire("b", spec), host: hostWith([active, jobContainer({}, exited(code))], outage) });
    expect(after(0)).toContain("create shop-web.before.2");
    expect(after(143)).toContain("was stopped by somebody else, or with the engine");
  });

  it("past its timeout is ended, whatever else the service is up to", () => {
    const hung = jobContainer({}, { startedAt: now - 600_000 });
    expect(text([hung])).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web.before.1 and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds the digest that it ran for)
      2. stop shop-web.before.1, within 10s (before job 1 (shop-web.before.1) did not end within its timeout of 600s)
      => continue: JobFailed: before job 1 (shop-web.before.1) did not end within its timeout of 600s
      "
    `);
    const lost = planText({
      desired: desire(undefined, specOf()),
      host: host(hung),
      memory: { jobs: [remembered(hung, "failed")] },
    });
    expect(lost).toContain("1. stop shop-web.before.1");
    expect(lost).not.toContain("keep the last log lines");
  });

  it("runs again when a person asks for it, though it seems to have ended well", () => {
    expect(text([failed], [remembered(failed, "retried")])).toMatchInlineSnapshot(`
      "
      1. remove shop-web.before.1 (another run takes its place)
      2. create shop-web.before.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (it is to end well before sha256:bbbbbbbbbbbb starts)
      3. start shop-web.before.1 (it is to run to its end)
      => continue: WaitingForJob: before job 1: it is to end well before sha256:bbbbbbbbbbbb starts
      "
    `);
    const stopped = jobContainer({}, exited(0));
    expect(text([stopped], [remembered(stopped, "retried")])).toContain("create shop-web.before.1");
  });

  it("runs as the file says now, once it says something else", () => {
    const changed = specOf({ before: [{ ...migrate, command: ["migrate", "--force"] }] });
    expect(text([failed], [remembered(failed, "failed")], changed)).toContain("create shop-web.before.1");
  });

  it("that the host would not start is tried again", () => {
    const refused = { state: "created", startedAt: undefined, startError: "no space left on device" } as const;
    expect(text([jobContainer({}, refused)])).toMatchInlineSnapshot(`
      "
      1. remove shop-web.before.1 (it is tried again from the start)
      => failed: StartRefused: before job 1 (shop-web.before.1) could not be started: no space left on device
      "
    `);
  });

  it("holds for every replica", () => {
    const several = { ...spec, replicas: 2, update: { ...spec.update, maxFailureRatio: 0.5 } };
    const two = containerIn("active", "a", 1, { id: "id-two", name: "shop-web-2", slot: 2 });
    const memory = { jobs: [remembered(failed, "failed")] };
    expect(planText({ desired: desire("b", several), host: hostWith([active, two, failed], { images }), memory }))
      .toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: before job 1 (shop-web.before.1) exited with code 1 after 10s; held until the image or the spec changes, or a retry
      "
    `);
  });

  it("on the first start leaves nothing running", () => {
    const first = hostWith([failed], { images: [imageOf("b")] });
    const memory = { jobs: [remembered(failed, "failed")] };
    expect(planText({ desired: desire("b", spec), host: first, memory })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb is held: before job 1 (shop-web.before.1) exited with code 1 after 10s
      "
    `);
  });
});

describe("after a new container", () => {
  const wanted = specOf({ after: [purge] });
  const serving = containerIn("active", "b", 2, { after: jobsHash([purge]) });
  const settled = (
    jobs: ReturnType<typeof jobContainer>[],
    ended: ReturnType<typeof remembered>[] = [],
    one = serving,
  ) =>
    planText({
      desired: desire("b", wanted),
      host: hostWith([one, ...jobs], { images: [imageOf("b", [2], ["id-active-2"])] }),
      memory: { jobs: ended },
    });
  const job = jobContainer({ phase: "after", job: purge });

  it("it runs once that serves, and its end settles the service", () => {
    expect(settled([])).toMatchInlineSnapshot(`
      "
      1. create shop-web.after.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (sha256:bbbbbbbbbbbb serves)
      2. start shop-web.after.1 (it is to run to its end)
      => continue: WaitingForJob: after job 1: sha256:bbbbbbbbbbbb serves
      "
    `);
    expect(settled([jobContainer({ phase: "after", job: purge }, { startedAt: now - 1_000 })])).toContain(
      "=> wait: WaitingForJob",
    );
    expect(settled([jobContainer({ phase: "after", job: purge }, exited(0))])).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
    expect(settled([], [remembered(job, "done")])).toContain("=> converged");
  });

  it("not while another replica has something else", () => {
    const two = containerIn("active", "a", 1, { id: "id-two", name: "shop-web-2", slot: 2 });
    const partly = hostWith([serving, two], { images });
    expect(planText({ desired: desire("b", { ...wanted, replicas: 2 }), host: partly })).not.toContain("after");
  });

  it("its failure is told, and what serves stays", () => {
    const failed = jobContainer({ phase: "after", job: purge }, exited(3));
    expect(settled([failed])).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web.after.1 (the journal keeps its last log lines)
      => continue: JobFailed: after job 1 (shop-web.after.1) exited with code 3 after 10s
      "
    `);
    const ended = [remembered(failed, "failed", "after job 1 (shop-web.after.1) exited with code 3 after 10s")];
    expect(settled([failed], ended)).toMatchInlineSnapshot(`
      "
      => blocked: JobFailed: after job 1 (shop-web.after.1) exited with code 3 after 10s; what serves stays, and a retry runs it again
      "
    `);
    expect(settled([failed], [remembered(failed, "retried")])).toContain("create shop-web.after.1");
  });

  it("a list that is new or changed follows the next rollout", () => {
    expect(settled([], [], containerIn("active", "b", 2))).toContain("=> converged");
    expect(settled([], [], { ...serving, after: jobsHash([seed]) })).toContain("=> converged");
  });

  it("what ran for another digest is cleared away", () => {
    expect(settled([jobContainer({ target: "a" }, exited(0)), jobContainer({ phase: "after", job: purge }, exited(0))]))
      .toMatchInlineSnapshot(`
      "
      1. remove shop-web.before.1 (the service is well with another digest or spec)
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
  });
});

it("a gate that the file gives up goes with the first new container, not with its jobs", () => {
  const gate = containerIn("active", "e", 1, {
    id: "id-gate",
    name: "shop-web.gate-1",
    service: "web.gate",
    gate: { of: "web" },
  });
  const on = hostWith([active, gate], { images });
  const published = { ...spec, container: { ...spec.container, ports: [port8080] } };
  expect(planText({ desired: desire("b", published), host: on })).not.toContain("gate-1");
  const done = [remembered(jobContainer({}), "done"), remembered(jobContainer({ index: 2, job: seed }), "done")];
  expect(planText({ desired: desire("b", published), host: on, memory: { jobs: done } })).toContain(
    "stop shop-web.gate-1",
  );
});

it("jobs are not counted among a service's containers", () => {
  const view = viewOf(host(jobContainer({})), spec, new Map());
  expect(view.containers).toEqual([active]);
  expect(view.jobs.map(({ name }) => name)).toEqual(["shop-web.before.1"]);
  expect(viewOf(host(jobContainer({})), { ...spec, name: "db" }, new Map()).neighbours).toHaveLength(2);
});

it("jobs go with a service that has left the file", () => {
  const view = viewOf(hostWith([jobContainer({})]), { ...spec, dependsOn: [] }, new Map());
  expect(`\n${renderPlan(planRemoval({ project: "shop", name: "web" }, true, 10_000, view))}\n`).toMatchInlineSnapshot(`
    "
    1. stop shop-web.before.1, within 10s (shop/web is in no services file any more)
    2. remove shop-web.before.1 (shop/web is in no services file any more)
    => continue: Removing: shop/web is in no services file any more
    "
  `);
});

it("a plan shows them all the way, and a failure that nobody has noted yet", () => {
  const wanted = { ...spec, after: [purge] };
  const { lines, end } = forecast(desire("b", wanted), host(), emptyMemory);
  expect(
    lines.filter((line) => /^(start|wait until|then)/.test(line)).map((line) => line.replace(/ \(.*/, "")),
  ).toEqual([
    "start shop-web.before.1",
    "wait until it has ended well",
    "start shop-web.before.2",
    "wait until it has ended well",
    "start shop-web-1.next",
    "wait until it has been well for 5s",
    "start shop-web.after.1",
    "wait until it has ended well",
  ]);
  expect(end.kind).toBe("converged");
  const failing = forecast(desire("b", wanted), host(jobContainer({}, exited(1))), emptyMemory);
  expect(failing.lines).toHaveLength(2);
  expect(failing.end).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
});

function planOf(wanted = spec, desired = desire("b", wanted), on = host()) {
  return plan(desired, viewOf(on, wanted, new Map()), emptyMemory);
}
