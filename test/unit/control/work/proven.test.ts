import { describe, expect, it } from "vitest";
import { parseImage, type Digest } from "../../../../src/compose/values/image.js";
import { provenIn, type Standing } from "../../../../src/control/work/proven.js";
import type { Rollout } from "../../../../src/plan/model/condition.js";
import { readService, serviceOf } from "../../compose/read.js";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const spec = serviceOf(readService(""));
const rollout: Rollout = {
  ...{ id: "shop/web@3", from: undefined, to: digest("1"), startedAt: "2026-01-01T00:00:00.000Z" },
  ...{ finishedAt: "2026-01-01T00:01:00.000Z", outcome: "promoted", reason: "Converged" },
};
const wanted = {
  spec,
  specHash: "hash",
  target: { known: true as const, digest: digest("1"), sameContent: [] },
};
const standing: Standing = { wanted, memory: { stableDigest: digest("1") }, rollout, cause: "a hook" };

describe("what a service has proved", () => {
  it("is the digest behind its tag, once that is the stable one", () => {
    expect(provenIn(standing)).toEqual({
      ...{ image: parseImage("nginx"), digest: digest("1"), rollout: "shop/web@3", cause: "a hook" },
    });
    expect(provenIn({ ...standing, rollout: undefined, cause: undefined })).toEqual({
      ...{ image: parseImage("nginx"), digest: digest("1") },
    });
  });

  it("names only the rollout that has brought it", () => {
    expect(provenIn({ ...standing, rollout: { ...rollout, to: digest("2") } })?.rollout).toBeUndefined();
  });

  const image = parseImage(`nginx:1@${digest("1")}`);
  it.each<[string, Partial<Standing>]>([
    ["another one is stable: it is held, or has only begun", { memory: { stableDigest: digest("2") } }],
    ["nothing has proved itself yet", { memory: { stableDigest: undefined } }],
    [
      "a person has pinned it",
      {
        memory: {
          stableDigest: digest("1"),
          pin: { revision: 1, digest: digest("1"), specHash: "", image: "", at: 0 },
        },
      },
    ],
    ["a rollout is under way", { rollout: { ...rollout, finishedAt: undefined } }],
    [
      "the registry cannot be asked",
      { wanted: { ...wanted, target: { known: false, reason: "Unauthorized", message: "" } } },
    ],
    ["this host alone has it", { wanted: { ...wanted, target: { ...wanted.target, local: true } } }],
    ["the file pins it", { wanted: { ...wanted, spec: { ...spec, image } } }],
    ["it is a gate", { wanted: { ...wanted, spec: { ...spec, gateOf: "web" } } }],
  ])("is nothing where %s", (_what, other) => {
    expect(provenIn({ ...standing, ...other })).toBeUndefined();
  });
});
