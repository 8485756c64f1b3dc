import { describe, expect, it } from "vitest";
import { notedChoice } from "../../../../src/plan/model/desired.js";
import type { Desired, TagChoice } from "../../../../src/plan/model/desired.js";
import { containerIn, desire, hostWith, imageOf, planText, specOf } from "../world.js";

const choice: TagChoice = { tag: "1.4.3", from: "1.4.2", policy: "semver ^1.4", isGone: false };
const spec = specOf();
const chosen = (tag: TagChoice, letter = "b"): Desired => ({
  ...desire(letter, { ...spec, policy: { kind: "semver", range: "^1.4" }, image: { ...spec.image, tag: tag.tag } }),
  ...notedChoice(tag),
});
const serving = containerIn("active", "a", 1, { image: "docker.io/acme/web:1.4.2" });

describe("a tag that a policy has chosen", () => {
  it("is named where it brings a new container", () => {
    const host = hostWith([serving], { images: [imageOf("b")] });
    expect(planText({ desired: chosen(choice), host })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (1.4.2 -> 1.4.3 by policy semver ^1.4, and the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("is named where it is the first", () => {
    const host = hostWith([], { images: [imageOf("b")] });
    const { from: _from, ...first } = choice;
    expect(planText({ desired: chosen(first), host })).toContain(
      "nothing of this service exists, and 1.4.3 by policy semver ^1.4",
    );
  });

  it("replaces nothing where the digest is the same", () => {
    expect(planText({ desired: chosen(choice, "a"), host: hostWith([serving], { images: [imageOf("a")] }) })).toMatch(
      /^\n=> converged: Converged/m,
    );
  });
});
