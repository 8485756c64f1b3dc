import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { Memory } from "../../../src/plan/model/desired.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { planRemoval } from "../../../src/plan/rollout/removal.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import {
  containerIn,
  defaultNetwork,
  desire,
  digestOf,
  foreignContainer,
  hold,
  hostWith,
  imageOf,
  networksNamed,
  now,
  planText,
  specOf,
  stopFirst,
  volumesNamed,
} from "./world.js";

type Patch = Parameters<typeof containerIn>[3];

const active = containerIn("active", "a", 1);
const off = { name: "no", maximumRetryCount: 0 } as const;
const stopped = containerIn("active", "a", 1, {
  state: "exited",
  finishedAt: now - 2_000,
  exitCode: 0,
  restartPolicy: off,
});
const crashed = containerIn("active", "a", 1, {
  state: "exited",
  startedAt: now - 3_000,
  finishedAt: now - 1_000,
  exitCode: 1,
});
const next = (patch: Patch = {}) =>
  containerIn("next", "b", 2, { createdAt: now - 4_000, startedAt: now - 3_000, ...patch });
const ended = { state: "exited", startedAt: now - 3_000, finishedAt: now - 1_000, exitCode: 1 } as const;
const abc = { images: [imageOf("a", [1]), imageOf("b", [2]), imageOf("c")] };
const volume = { key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} };

/** What is looked at next, and when from now; undefined: when something happens. */
function outcomeOf(
  desired: ReturnType<typeof desire>,
  host: ReturnType<typeof hostWith>,
  memory: Partial<Memory> = {},
  pulls: Parameters<typeof viewOf>[2] = new Map(),
) {
  const { outcome } = plan(desired, viewOf(host, desired.spec, pulls), { ...emptyMemory, ...memory });
  const { kind, reason } = outcome;
  return kind === "wait" && outcome.until !== undefined
    ? `${kind} ${reason} ${outcome.until - now}`
    : `${kind} ${reason}`;
}

describe("whose containers these are", () => {
  it("another project's service of the same name, and another service of the same project, are nobody's business", () => {
    const foreign = { ...active, project: "blog", name: "blog-web-1" };
    const sibling = { ...active, service: "db", name: "shop-db-1" };
    expect(planText({ desired: desire("a"), host: hostWith([foreign, sibling]) })).toContain(
      "create shop-web-1.next from sha256:aaaaaaaaaaaa",
    );
    expect(planText({ desired: desire("a"), host: hostWith([foreign, sibling, active]) })).toContain("=> converged");
  });

  it.each(["shop-web-1", "shop-web-1.next", "shop-web-1.previous", "shop-web-1.failed"])(
    "a foreign container called %s blocks the rollout",
    (name) => {
      const text = planText({ desired: desire("a"), host: hostWith([active], { foreign: [foreignContainer(name)] }) });
      expect(text).toContain(
        `\n=> blocked: NameConflict: a container that is not Fairlead's has the name ${name} (shop/web:1): `,
      );
      expect(text).toContain("rename or remove it\n");
      expect(text.includes("fairlead adopt shop/web")).toBe(name === "shop-web-1");
    },
  );
});

describe("what a new container needs", () => {
  const external = { ...volume, name: "legacy", external: true };
  const images = [imageOf("a")];

  it("creates only what is missing and its own", () => {
    const spec = specOf({ volumes: [volume, external] });
    const host = hostWith([], { images, volumes: volumesNamed("shop_data", "legacy") });
    const text = planText({ desired: desire("a", spec), host });
    expect(text).toContain("1. create shop-web-1.next");
    expect(text).not.toContain("create volume");
  });

  it("names every external network and volume that is missing, and no other", () => {
    const networks = ["proxy", "metrics", "shop_default"].map((name) => ({
      network: { ...defaultNetwork, name, external: true },
      aliases: ["web"],
    }));
    const own = { network: { ...defaultNetwork, name: "shop_back" }, aliases: ["web"] };
    const present = { ...external, name: "present" };
    const spec = specOf({ networks: [...networks, own], volumes: [volume, external, present] });
    const host = hostWith([], { images, volumes: volumesNamed("present") });
    expect(planText({ desired: desire("a", spec), host })).toBe(
      "\n=> blocked: StartFailed: the file calls it external and it does not exist: network proxy, network metrics, volume legacy\n",
    );
  });

  it("joins no network where its spec names none", () => {
    expect(planText({ desired: desire("a", specOf({ networks: [] })), host: hostWith([], { images }) })).toContain(
      "1. create shop-web-1.next from sha256:aaaaaaaaaaaa (nothing of this service exists)",
    );
  });

  it("has a higher revision than any container and any of our tags", () => {
    const tagged = hostWith([active], { images: [imageOf("a", [1]), imageOf("b", [7])] });
    expect(planText({ desired: desire("b"), host: tagged })).toContain("as fairlead/keep:shop.web.r8");
    const seen = hostWith([containerIn("active", "a", 9)], { images: [imageOf("a", [9]), imageOf("b", [7])] });
    expect(planText({ desired: desire("b"), host: seen })).toContain("as fairlead/keep:shop.web.r10");
  });

  it("says everything that has changed", () => {
    expect(planText({ desired: desire("b", specOf(), "H2"), host: hostWith([active], abc) })).toContain(
      "(the image is now sha256:bbbbbbbbbbbb, and the spec has changed)",
    );
  });
});

describe("what it depends on", () => {
  const waiting = (condition: "service_started" | "service_healthy", containers: Parameters<typeof hostWith>[0]) =>
    planText({
      desired: desire("a", specOf({ dependsOn: [{ service: "db", condition }] })),
      host: hostWith(containers, { images: [imageOf("a")] }),
    }).split("=> ")[1];
  const db = (patch: Patch = {}, role: "active" | "next" = "active") =>
    containerIn(role, "d", 1, { service: "db", name: "shop-db-1", ...patch });

  const over = { state: "exited", exitCode: 3 } as const;
  it.each<[string, string, "service_started" | "service_healthy", Parameters<typeof hostWith>[0]]>([
    ["nothing of it", "db is not running yet", "service_started", []],
    ["nothing of it", "db is not healthy yet", "service_healthy", []],
    ["it ended", "db is not running yet: shop-db-1 ended with exit code 3", "service_started", [db(over)]],
    ["it ended", "db is not healthy yet: shop-db-1 ended with exit code 3", "service_healthy", [db(over)]],
    ["it is not yet healthy", "db is not healthy yet", "service_healthy", [db({ health: "starting" })]],
  ])("%s: %s", (_what, because, condition, containers) => {
    expect(waiting(condition, containers)).toBe(`wait: WaitingForDependency: ${because}\n`);
  });

  it("is there when it runs, checked or not, even while its first container proves itself", () => {
    expect(waiting("service_started", [db()])).toContain("continue: RolloutStarted");
    expect(waiting("service_started", [db({ health: "unhealthy" })])).toContain("continue: RolloutStarted");
    expect(waiting("service_started", [db({}, "next")])).toContain("continue: RolloutStarted");
    expect(waiting("service_healthy", [db({ health: "healthy" })])).toContain("continue: RolloutStarted");
  });
});

describe("repairs while a rollout cannot begin", () => {
  const pulls = new Map([[`acme/web@${digestOf("b")}`, { state: "running" as const }]]);

  it("look again when the pull is done, and at the end of a crash pause", () => {
    expect(outcomeOf(desire("b"), hostWith([active]), {}, pulls)).toBe("wait Pulling");
    expect(outcomeOf(desire("b"), hostWith([crashed]), { heals: new Map([[1, 3]]) }, pulls)).toBe("wait Pulling 3000");
    expect(outcomeOf(desire("b"), hostWith([crashed]), { heals: new Map([[1, 0]]) }, pulls)).toBe("continue Pulling");
  });

  it("keep the backoff of a failed pull", () => {
    const failed = new Map([
      [`acme/web@${digestOf("b")}`, { state: "failed", reason: "RateLimited", message: "429" } as const],
    ]);
    expect(outcomeOf(desire("b"), hostWith([active]), {}, failed)).toBe("failed RateLimited");
    expect(outcomeOf(desire("b"), hostWith([crashed]), { heals: new Map([[1, 3]]) }, failed)).toBe(
      "failed RateLimited",
    );
  });

  it("give back the restart policy before the pull", () => {
    expect(planText({ desired: desire("b"), host: hostWith([{ ...active, restartPolicy: off }]) }))
      .toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });
});

describe("nothing serves", () => {
  it("looks again in a second while the old one is being removed", () => {
    expect(outcomeOf(desire("a"), hostWith([{ ...active, state: "removing" }]))).toBe("wait Restoring 1000");
  });

  it("a container renamed by hand is taken back whatever its spec: it serves until a new one does", () => {
    const stray = containerIn("active", "a", 1, { name: "my-web", role: "stray", specHash: "H0" });
    expect(planText({ desired: desire("a"), host: hostWith([stray]) })).toContain("rename my-web to shop-web-1 (");
  });

  it("the last stable digest is recreated only if it is not held too, with this spec", () => {
    const memory = { stableDigest: digestOf("a"), holds: [hold("b"), hold("a")] };
    const host = hostWith([], abc);
    expect(planText({ desired: desire("b"), host, memory })).toBe(
      "\n=> blocked: DigestHeld: sha256:bbbbbbbbbbbb is held: its health check fails\n",
    );
    const otherSpec = { stableDigest: digestOf("a"), holds: [hold("b"), hold("a", "H0")] };
    expect(planText({ desired: desire("b"), host, memory: otherSpec })).toContain(
      "create shop-web-1.next from sha256:aaaaaaaaaaaa",
    );
  });

  it("the previous one serves while the registry is silent and nothing else is known", () => {
    expect(planText({ desired: desire(undefined), host: hostWith([containerIn("previous", "a", 1)]) }))
      .toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.previous to shop-web-1 (nothing serves, and docker.io does not answer)
      => continue: Restoring: nothing serves, and docker.io does not answer
      "
    `);
  });
});

describe("the registry is silent", () => {
  it("says nothing of a spec that has not changed, and repairs first", () => {
    expect(planText({ desired: desire(undefined), host: hostWith([active]) })).toBe(
      "\n=> failed: RegistryUnavailable: docker.io does not answer\n",
    );
    expect(outcomeOf(desire(undefined), hostWith([stopped]))).toBe("continue Restoring");
    expect(outcomeOf(desire(undefined), hostWith([crashed]), { heals: new Map([[1, 3]]) })).toBe(
      "wait CrashLooping 3000",
    );
  });
});

describe("what is repaired is not cleared up at the same time", () => {
  it("clears up only when the right one runs", () => {
    const host = hostWith([stopped, containerIn("failed", "b", 2)]);
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
  });
});

describe("networks of the container that serves", () => {
  const back = { network: { ...defaultNetwork, key: "back", name: "shop_back" }, aliases: ["web", "api"] };
  const spec = specOf({ networks: [...specOf().networks, back] });

  it("are told apart: the one that lacks an alias is joined again, the others are left alone", () => {
    const half = { ...active, networks: [...active.networks, { network: "shop_back", aliases: ["web"] }] };
    const networks = networksNamed("shop_default", "shop_back");
    expect(planText({ desired: desire("a", spec), host: hostWith([half], { networks }) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_back (an alias can only be given on joining)
      2. connect shop-web-1 on shop_back as web, api (it is to answer to web, api)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
    const whole = { ...active, networks: [{ network: "shop_back", aliases: ["api", "web", "x"] }, ...active.networks] };
    expect(planText({ desired: desire("a", spec), host: hostWith([whole], { networks }) })).toBe(
      "\n=> converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa\n",
    );
  });
});

describe("a container that is neither running nor ended", () => {
  it.each(["restarting", "paused"] as const)("counts as up while it is %s: it is stopped to go", (state) => {
    const retired = containerIn("previous", "a", 0, { state });
    expect(planText({ desired: desire("a"), host: hostWith([active, retired]) })).toContain(
      "1. stop shop-web-1.previous, within 10s (shop-web-1 has taken over)",
    );
  });
});

describe("images beyond keep", () => {
  const reference = (letter: string) => `acme/web@${digestOf(letter)}` as const;
  const converged = (images: ReturnType<typeof imageOf>[], keep = 1) =>
    planText({
      desired: desire("d", specOf({ keep })),
      host: hostWith([containerIn("active", "d", 5)], { images: [imageOf("d", [5], ["id-active-5"]), ...images] }),
    });

  it("without a previous container the newest older one is kept, and one of a failed rollout after it is not", () => {
    expect(converged([imageOf("a", [3]), imageOf("b", [4]), imageOf("c", [6])])).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:aaaaaaaaaaaa (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r3 (beyond keep: 1)
      3. remove image acme/web@sha256:cccccccccccc (beyond keep: 1)
      4. remove image fairlead/keep:shop.web.r6 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:dddddddddddd
      "
    `);
  });

  it("with a previous one, what came between it and the active one goes", () => {
    const host = hostWith([containerIn("active", "d", 5), containerIn("previous", "a", 2)], {
      images: [imageOf("a", [2]), imageOf("b", [3]), imageOf("c", [1]), imageOf("d", [5])],
    });
    expect(planText({ desired: desire("d"), host })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r3 (beyond keep: 1)
      3. remove image acme/web@sha256:cccccccccccc (beyond keep: 1)
      4. remove image fairlead/keep:shop.web.r1 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:dddddddddddd
      "
    `);
  });

  it("lose only our tag where somebody uses them", () => {
    const text = converged([imageOf("a", [4]), imageOf("b", [3], ["id-of-a-stranger"])]);
    expect(text).toContain("1. remove image fairlead/keep:shop.web.r3 (beyond keep: 1)\n=>");
  });

  it("have their digests removed before our tag, but never one of our own repository", () => {
    const digests = [reference("b"), `fairlead/keep@${digestOf("b")}`, `mirror/web@${digestOf("b")}`] as const;
    const tags = ["fairlead/keep:shop.web.r3", reference("b")];
    expect(converged([imageOf("a", [4]), { ...imageOf("b"), tags, digests }])).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image mirror/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      3. remove image fairlead/keep:shop.web.r3 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:dddddddddddd
      "
    `);
  });
});

describe("a next one that is overtaken", () => {
  it("by a changed spec", () => {
    expect(planText({ desired: desire("b", specOf(), "H2"), host: hostWith([active, next()], abc) })).toBe(
      planText({ desired: desire("c"), host: hostWith([active, next()], abc) }),
    );
  });

  it("by a newer digest though it is the last stable one, if that is not held", () => {
    const memory = { stableDigest: digestOf("b") };
    expect(outcomeOf(desire("c"), hostWith([active, next()], abc), memory)).toBe("continue RolloutStarted");
    const held = { ...memory, holds: [hold("c")] };
    expect(outcomeOf(desire("c"), hostWith([active, next()], abc), held)).toBe("wait WaitingForHealth 2000");
    const another = { stableDigest: digestOf("a"), holds: [hold("c")] };
    expect(outcomeOf(desire("c"), hostWith([active, next()], abc), another)).toBe("continue RolloutStarted");
  });

  it("between the two renames of its promotion it is promoted first: nothing else serves", () => {
    const proven = next({ startedAt: now - 5_000, networks: active.networks });
    const host = hostWith([proven, containerIn("previous", "a", 1)], abc);
    expect(planText({ desired: desire("c"), host })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      2. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });

  it("is not promoted when it has ended, when another one serves, or when it is the first of all", () => {
    const gone = "2. remove shop-web-1.next (something newer is wanted before it proved itself)";
    const previous = containerIn("previous", "a", 0);
    const proven = next({ startedAt: now - 5_000, networks: active.networks });
    expect(planText({ desired: desire("c"), host: hostWith([active, proven, previous], abc) })).toContain(
      "4. remove shop-web-1.next (something newer is wanted before it proved itself)",
    );
    expect(planText({ desired: desire("c"), host: hostWith([proven], abc) })).toContain(gone);
    expect(planText({ desired: desire("c"), host: hostWith([next(ended), previous], abc) })).toContain(
      "1. remove shop-web-1.next (something newer is wanted before it proved itself)",
    );
  });

  it("start-first: the old one that ended serves again before it goes", () => {
    expect(planText({ desired: desire("c"), host: hostWith([stopped, next()], abc) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it serves while what was to replace it is itself replaced)
      => continue: RolloutStarted: it serves while what was to replace it is itself replaced
      "
    `);
  });

  it("stop-first: goes at once when it serves nobody, whether it ended, failed, or the old one serves", () => {
    const pulling = { images: abc.images.slice(0, 2) };
    const goes = "remove shop-web-1.next (something newer is wanted before it proved itself)";
    const unhealthy = next({ health: "unhealthy" });
    for (const host of [
      hostWith([stopped, next(ended)], pulling),
      hostWith([stopped, unhealthy], pulling),
      hostWith([active, next()], pulling),
    ]) {
      expect(planText({ desired: desire("c", stopFirst), host })).toContain(goes);
    }
  });

  it("a first start serves until the newer image is here, if it is up at all", () => {
    const pulling = { images: abc.images.slice(0, 2) };
    expect(outcomeOf(desire("c"), hostWith([next()], pulling))).toBe("wait Pulling");
    expect(outcomeOf(desire("c"), hostWith([next(ended)], pulling))).toBe("continue RolloutStarted");
  });

  it("does not wait for an image that is held: the old one comes back", () => {
    const pulling = { images: abc.images.slice(0, 2) };
    const memory = { holds: [hold("c")] };
    expect(planText({ desired: desire("c", stopFirst), host: hostWith([stopped, next()], pulling), memory }))
      .toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (something newer is wanted before it proved itself)
      2. remove shop-web-1.next (something newer is wanted before it proved itself)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (it serves until the newer one is ready)
      => continue: RolloutStarted: something newer is wanted before it proved itself
      "
    `);
  });

  it("the old one serves meanwhile where the newer cannot be started yet, and only where it is down", () => {
    const pulling = { images: abc.images.slice(0, 2) };
    const again = "start shop-web-1 (it serves until the newer one is ready)";
    const text = (containers: Parameters<typeof hostWith>[0], patch: Parameters<typeof hostWith>[1]) =>
      planText({ desired: desire("c", stopFirst), host: hostWith(containers, patch) });
    expect(text([stopped, next(ended)], pulling)).toContain(again);
    expect(text([stopped, next(ended)], abc)).not.toContain(again);
    expect(text([active, next(ended)], pulling)).not.toContain("serves until");
    expect(text([next(ended)], pulling)).not.toContain("serves until");
  });

  it("the old one with another spec is not the wanted one, though it has the digest", () => {
    const other = { ...stopped, specHash: "H0" };
    const host = hostWith([other, next({ specHash: "H0" })], abc);
    expect(planText({ desired: desire("a", stopFirst), host })).not.toContain("it serves until");
  });

  it("by nothing known: a changed spec while the registry is silent brings the old one back", () => {
    const host = hostWith([stopped, next(ended)], abc);
    expect(planText({ desired: desire(undefined, stopFirst, "H2"), host })).toContain(
      "start shop-web-1 (it serves until the newer one is ready)",
    );
  });
});

describe("a next one that fails", () => {
  it("is remembered once: by digest and spec", () => {
    const host = hostWith([active, next(ended)]);
    const keeps = "keep the last log lines of shop-web-1.next";
    expect(planText({ desired: desire("b"), host, memory: { holds: [hold("b")] } })).not.toContain(keeps);
    expect(planText({ desired: desire("b"), host, memory: { holds: [hold("b", "H0")] } })).toContain(keeps);
    expect(planText({ desired: desire("b"), host, memory: { holds: [hold("c")] } })).toContain(keeps);
  });

  it("is looked at again at its deadline while it is not up, without a change to its networks", () => {
    const { steps } = plan(
      desire("b"),
      viewOf(hostWith([active, next({ state: "removing", networks: [] })]), specOf(), new Map()),
      emptyMemory,
    );
    expect(steps).toEqual([]);
  });

  it("a retry counts only for what was created before it", () => {
    const spec = specOf({ update: { failureAction: "pause" } });
    const host = hostWith([active, next(ended)]);
    expect(outcomeOf(desire("b", spec), host, { retriedAt: now - 4_000 })).toBe("blocked Paused");
    expect(outcomeOf(desire("b", spec), host, { retriedAt: now - 3_999 })).toBe("continue RolloutStarted");
    const failed = containerIn("failed", "b", 2, { createdAt: now - 4_000 });
    expect(outcomeOf(desire("b"), hostWith([active, failed], abc), { retriedAt: now - 4_000 })).toBe(
      "blocked DigestHeld",
    );
    expect(outcomeOf(desire("b"), hostWith([active, failed], abc), { retriedAt: now - 3_999 })).toBe(
      "continue RolloutStarted",
    );
  });
});

it("a service that left the file is done with when nothing of it is left", () => {
  const service = { project: "shop", name: "web", dependsOn: [] };
  expect(renderPlan(planRemoval(service, true, 10_000, viewOf(hostWith([]), service, new Map())))).toBe(
    "=> converged: Converged: nothing of it is left",
  );
});
