import { describe, expect, it } from "vitest";
import type { BuildContext } from "../../../../src/compose/model/container/build-spec.js";
import { forecast } from "../../../../src/plan/forecast.js";
import { buildTarget, noBuilds } from "../../../../src/plan/host/build.js";
import type { BuildInput } from "../../../../src/plan/host/build.js";
import { localTarget } from "../../../../src/plan/host/local.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Desired } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot, ObservedImage } from "../../../../src/plan/model/host/host-snapshot.js";
import { Secret } from "../../../../src/tools/secret.js";
import { containerIn, digestOf, hold, hostWith, planText, specOf } from "../world.js";
import { imageIdOf } from "../../../digests.js";

const context: BuildContext = {
  kind: "git",
  url: "https://user:t0ken@example.com/web.git",
  ref: "main",
  subdirectory: "app",
};
const build = { context, args: { TOKEN: new Secret("t0ken") }, labels: {} };
const spec = specOf({ build });
const contents = "c".repeat(64);

function input(patch: Partial<BuildInput> = {}): BuildInput {
  return { spec, build, contents, images: [], states: new Map(), memory: noBuilds, retriedAt: undefined, ...patch };
}

function wanted(patch: Partial<BuildInput> = {}) {
  const target = buildTarget(input(patch));
  if (target.known || target.build?.state !== "wanted") throw new Error("no build is wanted");
  return target.build.step;
}

const { mark, inputs } = wanted();
const built: ObservedImage = { id: imageIdOf("b"), tags: ["acme/web:latest", mark], digests: [], usedBy: [] };

const desired = (patch: Partial<BuildInput> = {}): Desired => ({
  spec,
  specHash: "H",
  target: buildTarget(input(patch)),
});
const plan = (patch: Partial<BuildInput>, host: HostSnapshot) => planText({ desired: desired(patch), host });
const active = containerIn("active", "a", 1);

describe("the image of a service that is built", () => {
  it("is what bears the mark of the present inputs", () => {
    expect(buildTarget(input({ images: [built] }))).toEqual({
      known: true,
      digest: digestOf("b"),
      sameContent: [],
      local: true,
    });
    expect(wanted({ images: [built], contents: "d".repeat(64) }).mark).not.toBe(mark);
    expect(wanted({ images: [built], build: { ...build, target: "final" } }).mark).not.toBe(mark);
  });

  it("is built again when that was asked for, until a build has begun since", () => {
    const asked = { ...noBuilds, askedAt: 50 };
    expect(wanted({ images: [built], memory: asked }).because).toBe("it was asked for");
    expect(wanted({ images: [built], memory: { ...asked, done: { inputs, beganAt: 49 } } }).mark).toBe(mark);
    expect(buildTarget(input({ images: [built], memory: { ...asked, done: { inputs, beganAt: 50 } } })).known).toBe(
      true,
    );
  });

  it("is not tried again after a lasting failure, until the inputs change or somebody asks", () => {
    const failed = { inputs, beganAt: 50, message: "exit code: 1" };
    const memory = { ...noBuilds, failed };
    expect(buildTarget(input({ memory }))).toMatchObject({
      reason: "BuildFailed",
      build: { state: "failed", lasting: true },
    });
    expect(wanted({ memory, contents: "d".repeat(64) })).toBeDefined();
    expect(wanted({ memory: { ...memory, askedAt: 51 } })).toBeDefined();
    expect(wanted({ memory, retriedAt: 51 })).toBeDefined();
  });
});

describe("the plan of a service that is built", () => {
  it("builds first, where nothing runs; the text has no secret", () => {
    const text = plan({}, hostWith([]));
    expect(text).not.toContain("t0ken");
    expect(text).toMatchInlineSnapshot(`
      "
      1. build acme/web:latest from https://example.com/web.git#main:app (no image on this host is made of what https://example.com/web.git#main:app holds)
      => wait: Building: acme/web:latest is to be built
      "
    `);
  });

  it("keeps what runs, and mends it, beside the build", () => {
    expect(plan({}, hostWith([{ ...active, state: "exited", exitCode: 1 }]))).toMatchInlineSnapshot(`
      "
      1. start shop-web-1 (it ended (exit code 1))
      2. build acme/web:latest from https://example.com/web.git#main:app (no image on this host is made of what https://example.com/web.git#main:app holds)
      => continue: Restoring: it ended (exit code 1)
      "
    `);
    expect(plan({ states: new Map([[mark, { state: "running" }]]) }, hostWith([active]))).toMatchInlineSnapshot(`
      "
      => wait: Building: acme/web:latest is being built
      "
    `);
  });

  it("waits longer and longer after a passing failure, and for a change after a lasting one", () => {
    const passing = new Map([[mark, { state: "failed", message: "the registry is away" } as const]]);
    expect(plan({ states: passing }, hostWith([active]))).toMatchInlineSnapshot(`
      "
      => failed: BuildFailed: the registry is away
      "
    `);
    const memory = { ...noBuilds, failed: { inputs, beganAt: 1, message: "exit code: 1" } };
    expect(plan({ memory }, hostWith([active]))).toMatchInlineSnapshot(`
      "
      => blocked: BuildFailed: exit code: 1; it is built again when what it is made of changes, or on request
      "
    `);
  });

  it("rolls out what is built by its id", () => {
    expect(plan({ images: [built] }, hostWith([active], { images: [built] }))).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("clears the marks of older inputs, but not the held image's", () => {
    const old = {
      id: imageIdOf("c"),
      tags: [mark.replace(inputs, "0".repeat(40)), "acme/web:old"],
      digests: [],
      usedBy: [],
    };
    const serving = containerIn("active", "b", 1);
    const kept = { ...built, tags: [...built.tags, "fairlead/keep:shop.web.r1"], usedBy: [serving.id] };
    expect(plan({ images: [kept] }, hostWith([serving], { images: [kept, old] }))).toMatchInlineSnapshot(`
      "
      1. remove image fairlead/built:772370c42075.0000000000000000000000000000000000000000 (newer inputs have taken its place)
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
    const host = hostWith([active], { images: [built] });
    const held = planText({ desired: desired({ images: [built] }), host, memory: { holds: [hold("b")] } });
    expect(held).not.toContain("fairlead/built");
  });

  it("is forecast as far as anybody can know", () => {
    const { lines, changes } = forecast(desired(), hostWith([active]), emptyMemory);
    expect([changes, ...lines]).toMatchInlineSnapshot(`
      [
        true,
        "build acme/web:latest from https://example.com/web.git#main:app (no image on this host is made of what https://example.com/web.git#main:app holds)",
        "then: acme/web:latest is to be built",
      ]
    `);
  });
});

describe("an image that is not to be asked for", () => {
  const image = spec.image;
  it("is the one that bears the tag, by whichever name a container knows it", () => {
    const other = { id: imageIdOf("d"), tags: ["acme/web:other"], digests: [], usedBy: [] };
    const pulled = {
      ...other,
      tags: ["acme/web:latest"],
      digests: [`acme/web@${digestOf("e")}`, `else/web@${digestOf("f")}`] as const,
    };
    expect(localTarget(image, [other])).toBeUndefined();
    expect(localTarget(image, [other, pulled])).toEqual({
      known: true,
      digest: digestOf("e"),
      sameContent: [digestOf("d")],
      local: true,
    });
    expect(localTarget(image, [built])).toMatchObject({ digest: digestOf("b"), sameContent: [] });
  });
});
