import { describe, expect, it } from "vitest";
import { asDigest, parseImage, pinnedImage } from "../../../../src/compose/values/image.js";
import type { Digest, ImageId, ImageVersion } from "../../../../src/compose/values/image.js";
import { digestOf, imageIdOf } from "../../../digests.js";

const image = parseImage("acme/web");

// Each line below must not compile without its remark: a wrong one is an error of `tsc`.
describe("a registry's digest and an engine's id of an image", () => {
  it("look alike, and are not taken for each other", () => {
    const digest = digestOf("a");
    const id = imageIdOf("a");
    // @ts-expect-error an id is no digest
    const asked: Digest = id;
    // @ts-expect-error a digest is no id
    const found: ImageId = digest;
    // @ts-expect-error they are never the same
    expect(digest === id).toBe(true);
    // @ts-expect-error no registry has it by its id
    expect(pinnedImage(image, id)).toBe(pinnedImage(image, digest));
    expect([asked, found]).toEqual([digest, id]);
  });

  it("are both what a container may be made of, and then nobody knows which", () => {
    const versions: readonly ImageVersion[] = [digestOf("a"), imageIdOf("b"), `sha256:${"c".repeat(64)}`];
    const [version = digestOf("a")] = versions;
    // @ts-expect-error it may be an id
    expect(pinnedImage(image, version)).toBe(`acme/web@${version}`);
    expect(pinnedImage(image, asDigest(version))).toBe(`acme/web@${version}`);
  });
});
