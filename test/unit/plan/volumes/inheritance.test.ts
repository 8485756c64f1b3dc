import { describe, expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/mount.js";
import { volumeNews } from "../../../../src/plan/model/anonymous.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer, ObservedMount } from "../../../../src/plan/model/host/observed.js";
import type { StepOf } from "../../../../src/plan/model/step.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { planRemoval } from "../../../../src/plan/rollout/removal.js";
import {
  containerIn,
  desire,
  foreignContainer,
  hold,
  hostWith,
  imageOf,
  now,
  planText,
  specOf,
  volumesNamed,
} from "../world.js";

const named = (letter: string) => letter.repeat(64);
const volume = (letter: string, target: string, patch: Partial<ObservedMount> = {}): ObservedMount => {
  return { type: "volume", source: named(letter), target, readOnly: false, ...patch };
};
const scratch: Mount = {
  type: "volume",
  source: undefined,
  target: "/scratch",
  readOnly: false,
  createHostPath: false,
};
const database = containerIn("active", "a", 1, { mounts: [volume("d", "/var/lib/db")] });
const withB = (...containers: readonly ObservedContainer[]): HostSnapshot =>
  hostWith(containers, {
    images: [imageOf("a", [1], ["id-active-1"]), imageOf("b")],
    volumes: volumesNamed(...containers.flatMap(({ mounts = [] }) => mounts.map(({ source }) => source))),
  });

function creationIn(host: HostSnapshot, spec = specOf(), memory: Partial<Memory> = {}): StepOf<"create-container"> {
  const { steps } = plan(desire("b", spec), viewOf(host, spec, new Map()), { ...emptyMemory, ...memory });
  return steps.find((step) => step.kind === "create-container")!;
}

function inherited(host: HostSnapshot, spec = specOf(), memory: Partial<Memory> = {}): readonly string[] {
  const volumes = creationIn(host, spec, memory).inherited ?? [];
  return volumes.map(({ name, target, readOnly }) => `${name.slice(0, 1)} ${target}${readOnly ? " ro" : ""}`);
}

describe("what a container has written", () => {
  it("goes on to its successor, which cannot run beside it", () => {
    expect(planText({ desired: desire("b"), host: withB(database) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web with the volume of the one before at /var/lib/db (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service writes to its volume at /var/lib/db)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service writes to its volume at /var/lib/db
      "
    `);
  });

  it("that the file asks for goes on too", () => {
    const spec = specOf({ container: { mounts: [scratch] } });
    const active = containerIn("active", "a", 1, { mounts: [volume("c", "/scratch", { asked: true })] });
    expect(inherited(withB(active), spec)).toEqual(["c /scratch"]);
  });

  it("counts more than an order, and the plan says so", () => {
    const spec = specOf({ update: { order: "start-first" } });
    expect(planText({ desired: desire("b", spec), host: withB(database) })).toContain(
      "writes to its volume at /var/lib/db, though start-first was asked for",
    );
  });

  it("stays behind where new volumes are asked for, and nothing has to stop for it", () => {
    const spec = specOf({ renew: true });
    expect(inherited(withB(database), spec)).toEqual([]);
    expect(planText({ desired: desire("b", spec), host: withB(database) })).toContain("start-first");
  });

  it("does not hold up anybody who only reads it", () => {
    const reader = { ...database, mounts: [volume("d", "/var/lib/db", { readOnly: true })] };
    expect(inherited(withB(reader))).toEqual(["d /var/lib/db ro"]);
    expect(planText({ desired: desire("b"), host: withB(reader) })).toContain("start-first");
  });

  it.each<[string, Partial<Parameters<typeof specOf>[0] & object>]>([
    ["a named volume", { container: { mounts: [{ ...scratch, source: "shop_db", target: "/var/lib/db" }] } }],
    ["a folder", { container: { mounts: [{ ...scratch, type: "bind", source: "/srv", target: "/var/lib/db" }] } }],
    ["memory", { container: { mounts: [{ ...scratch, type: "tmpfs", target: "/var/lib/db" }] } }],
    ["memory, in the short form", { container: { tmpfs: { "/var/lib/db": "" } } }],
  ])("gives way to %s that the file puts there", (_what, patch) => {
    expect(inherited(withB(database), specOf(patch))).toEqual([]);
  });

  it("goes on beside other mounts, and where the image asks for it no more", () => {
    const spec = specOf({ container: { mounts: [{ ...scratch, source: "shop_db", target: "/var" }] } });
    expect(inherited(withB(database), spec)).toEqual(["d /var/lib/db"]);
  });

  it("stays behind where the file has asked for it and asks for it no more, unless others made the container", () => {
    const mounts = [volume("c", "/scratch", { asked: true })];
    expect(inherited(withB(containerIn("active", "a", 1, { mounts })))).toEqual([]);
    const adopted = containerIn("active", "a", 0, { mounts, specHash: "adopted", differences: ["image"] });
    expect(inherited(withB(adopted))).toEqual(["c /scratch"]);
  });

  it("never is what has a name, a path or nothing of the host", () => {
    const mounts: ObservedMount[] = [
      { ...volume("x", "/named"), source: "shop_data" },
      { ...volume("x", "/bound"), type: "bind", source: "/srv/x" },
      { ...volume("x", "/memory"), type: "tmpfs", source: "" },
    ];
    expect(inherited(withB(containerIn("active", "a", 1, { mounts })))).toEqual([]);
  });

  it("is the other service's to hand on where it comes from there", () => {
    const spec = specOf({
      container: { volumesFrom: [{ service: "files", readOnly: false }] },
      dependsOn: [{ service: "files", condition: "service_started" }],
    });
    const files = containerIn("active", "f", 1, {
      id: "id-files",
      name: "shop-files-1",
      service: "files",
      mounts: [volume("f", "/site")],
    });
    const mounts = [volume("e", "/site"), volume("d", "/var/lib/db")];
    const active = containerIn("active", "a", 1, { mounts, owners: { volumes: ["id-files"] } });
    expect(inherited(withB(active, files), spec)).toEqual(["d /var/lib/db"]);
  });
});

describe("what comes by volumes_from from a container of others", () => {
  const from = specOf({ container: { volumesFrom: ["files"] } });
  const borrowed = { mounts: [volume("e", "/site", { borrowed: true })], owners: { volumes: ["id-files"] } };
  const files = (mounts: readonly ObservedMount[]) => {
    const {
      project: _p,
      service: _s,
      role: _r,
      slot: _t,
      ...rest
    } = containerIn("active", "f", 1, {
      id: "id-files",
      name: "files",
      mounts,
    });
    const { specHash: _h, digest: _d, image: _i, revision: _v, declaredRestart: _e, ...facts } = rest;
    return foreignContainer("files", { id: "id-files", facts });
  };
  const host = (provider: readonly ObservedMount[]) => ({
    ...withB(containerIn("active", "a", 1, borrowed)),
    foreign: [files(provider)],
  });

  it("is theirs to hand on while their container has it", () => {
    expect(inherited(host([volume("f", "/site")]), from)).toEqual([]);
  });

  it("goes on where their container has nothing there any more: the service has written into it", () => {
    expect(inherited(host([]), from)).toEqual(["e /site"]);
  });

  it("ends with that line of the file", () => {
    expect(inherited(host([volume("e", "/site")]), specOf())).toEqual([]);
    const memory = { volumes: volumeNews(host([]), new Map()) };
    const gone = hostWith([], { images: [imageOf("b")], volumes: volumesNamed(named("e")) });
    expect(inherited(gone, specOf(), memory)).toEqual([]);
  });

  it("is never removed with a container that had it, whatever became of theirs", () => {
    const next = containerIn("next", "b", 2, {
      id: "id-next",
      ...gave(borrowed),
      state: "created",
      startedAt: undefined,
    });
    const made = new Set(["id-next"]);
    const newer = withB(containerIn("active", "a", 1), next);
    const text = planText({ desired: desire("c"), host: newer, memory: { made } });
    expect(text).toContain("remove shop-web-1.next (");
  });
});

/** As an image shows it that asks for a volume at the same place. */
function gave({ mounts, ...rest }: { readonly mounts: readonly ObservedMount[]; readonly owners: object }) {
  return { ...rest, mounts: mounts.map(({ borrowed: _borrowed, ...mount }) => mount) };
}

describe("each replica", () => {
  it("goes on with its own, one after the other", () => {
    const spec = specOf({ replicas: 2 });
    const replica = (slot: number, letter: string) =>
      containerIn("active", "a", 1, {
        id: `id-${slot}`,
        name: `shop-web-${slot}`,
        slot,
        mounts: [volume(letter, "/var/lib/db")],
      });
    const host = withB(replica(1, "d"), replica(2, "e"));
    expect(planText({ desired: desire("b", spec), host })).toContain(
      "create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias with the volume of the one before at /var/lib/db",
    );
    expect(inherited(host, spec)).toEqual(["d /var/lib/db"]);
    expect(inherited(withB(replica(2, "e")), spec, { volumes: new Map([[2, [known("e", "/var/lib/db")]]]) })).toEqual(
      [],
    );
  });
});

const known = (letter: string, target: string) => ({ name: named(letter), target });

describe("where the container has been removed", () => {
  const gone = hostWith([], { images: [imageOf("b")], volumes: volumesNamed(named("d"), named("e"), named("f")) });

  it("what is remembered goes on, the newest of each target", () => {
    const volumes = new Map([[1, [known("e", "/var/lib/db"), known("f", "/etc/db"), known("d", "/var/lib/db")]]]);
    expect(inherited(gone, specOf(), { volumes })).toEqual(["f /etc/db", "d /var/lib/db"]);
    expect(inherited(gone, specOf(), { volumes: new Map([[2, [known("d", "/var/lib/db")]]]) })).toEqual([]);
  });

  it("nothing is made up of a volume that has been removed too", () => {
    const volumes = new Map([[1, [known("e", "/var/lib/db"), known("9", "/var/lib/db")]]]);
    expect(inherited(gone, specOf(), { volumes })).toEqual(["e /var/lib/db"]);
  });

  it("what served before it has it as well", () => {
    const previous = containerIn("previous", "a", 1, { mounts: [volume("d", "/var/lib/db")] });
    expect(inherited(withB(previous))).toEqual(["d /var/lib/db"]);
  });

  it("what failed at its first start has none to give", () => {
    const failed = containerIn("failed", "a", 1, { mounts: [volume("d", "/var/lib/db")] });
    expect(inherited(withB(failed))).toEqual([]);
  });
});

describe("what is remembered", () => {
  const own = [known("d", "/var/lib/db")];

  it("is the volumes of what serves, once", () => {
    const news = volumeNews(withB(database), new Map());
    expect(news).toEqual(new Map([[1, own]]));
    expect(volumeNews(withB(database), news)).toEqual(new Map());
  });

  it("is none of what is on trial, has served or has failed", () => {
    const others = (["next", "previous", "failed"] as const).map((role) =>
      containerIn(role, "a", 1, { mounts: database.mounts ?? [] }),
    );
    expect(volumeNews(withB(...others), new Map())).toEqual(new Map());
  });

  it("names those last that serve now", () => {
    const before = new Map([[1, [...own, known("e", "/var/lib/db")]]]);
    expect(volumeNews(withB(database), before)).toEqual(new Map([[1, [known("e", "/var/lib/db"), ...own]]]));
  });
});

describe("a volume is removed with its container", () => {
  const failed = containerIn("failed", "b", 2, { mounts: [volume("e", "/var/lib/db")] });
  const active = containerIn("active", "a", 3);
  const host = withB(active, failed);
  const removal = (seen: HostSnapshot, memory: Partial<Memory>) => {
    const text = planText({ desired: desire("a"), host: seen, memory });
    return text.split("\n").find((line) => line.includes("remove shop-web-1.failed"));
  };
  const made = new Set([failed.id]);

  it("where that never served, from its creation on", () => {
    expect(removal(host, { made })).toContain("remove shop-web-1.failed and the volumes made for it (");
  });

  it("or was never started", () => {
    const unborn = { ...failed, startedAt: undefined };
    expect(removal(withB(active, unborn), {})).toContain("and the volumes made for it");
  });

  it("not where nobody knows whether it has served", () => {
    expect(removal(host, {})).toContain("remove shop-web-1.failed (");
  });

  it("not where it has served, whatever has become of it since", () => {
    const volumes = new Map([[2, [known("e", "/var/lib/db")]]]);
    expect(removal(host, { made, volumes })).toContain("remove shop-web-1.failed (");
  });

  it.each<[string, Partial<ObservedContainer>]>([
    ["the service", { role: "active", slot: 1 }],
    ["another service", { id: "n", name: "shop-other-1", service: "other" }],
  ])("not while another container of %s has it", (_whose, patch) => {
    const other = { ...active, ...patch, mounts: failed.mounts ?? [] };
    const containers = patch.role === "active" ? [other, failed] : [active, failed, other];
    expect(removal(withB(...containers), { made })).toContain("remove shop-web-1.failed (");
  });

  it("where a job has run in it, and only there", () => {
    const migrate = { command: ["migrate"], timeoutMs: 60_000 };
    const spec = specOf({ before: [migrate] });
    const job = { phase: "before", index: 1, hash: "another", timeoutMs: 60_000, target: active.digest } as const;
    const ended = { state: "exited", exitCode: 0, finishedAt: now - 1_000 } as const;
    const of = (mounts: readonly ObservedMount[]) =>
      containerIn("active", "a", 1, { id: "j", name: "shop-web.before.1", role: "stray", job, ...ended, mounts });
    const lines = (mounts: readonly ObservedMount[]) =>
      planText({ desired: desire("b", spec), host: withB(database, of(mounts)) }).split("\n");
    const doomed = "1. remove shop-web.before.1 and the volumes made for it (another run takes its place)";
    expect(lines([volume("e", "/var/lib/db")])).toContain(doomed);
    expect(lines(database.mounts ?? [])).toContain("1. remove shop-web.before.1 (another run takes its place)");
    expect(lines([volume("e", "/var/lib/db")]).join("\n"), "it takes none").not.toContain("with the volume");
  });

  it("not with the service itself", () => {
    const text = JSON.stringify(
      planRemoval({ project: "shop", name: "web" }, true, 1_000, viewOf(withB(database), specOf(), new Map())),
    );
    expect(text).toContain("remove-container");
    expect(text).not.toContain("volumes");
  });

  it("not where it is the one that a roll-back leaves behind", () => {
    const previous = containerIn("previous", "a", 1, { mounts: [volume("d", "/var/lib/db")] });
    const text = planText({
      desired: desire("a", specOf({ keep: 0 })),
      host: withB(active, previous),
      memory: {
        made: new Set([previous.id]),
        volumes: new Map([[1, [known("d", "/var/lib/db")]]]),
        holds: [hold("z")],
      },
    });
    expect(text).toContain("remove shop-web-1.previous (keep is 0)");
  });
});
