import { describe, expect, it } from "vitest";
import type { Digest, ImageReference } from "../../../src/compose/values/image.js";
import type { Registry } from "../../../src/control/ports/registry.js";
import { FairleadError } from "../../../src/errors.js";
import { digestOf } from "../../digests.js";

export interface RegistryStage {
  readonly registry: Registry;
  /** Of a repository in which nothing is yet. */
  readonly image: ImageReference;
  /** Pushes an image that was never there before. */
  readonly publish: (tag: string) => Promise<Digest>;
}

/** What control relies on of a registry's tags. */
export function describeTags(name: string, open: () => Promise<RegistryStage>): void {
  describe(`the tags of ${name}`, () => {
    const opened = async () => {
      const { registry, image, publish } = await open();
      const digestBehind = (tag: string) => registry.resolve({ ...image, tag });
      const codeOf = (promise: Promise<unknown>) =>
        promise.then(
          () => "none",
          (thrown: unknown) => (thrown instanceof FairleadError ? thrown.code : thrown),
        );
      return { registry, image, publish, digestBehind, codeOf };
    };

    it("mean what was pushed to them last", async () => {
      const { publish, digestBehind, codeOf } = await opened();
      const one = await publish("1");
      expect(await digestBehind("1")).toBe(one);
      const other = await publish("1");
      expect(await digestBehind("1")).toBe(other);
      expect(await codeOf(digestBehind("2"))).toBe("ImageNotFound");
    });

    it("are made where there is none, and the others stay", async () => {
      const { registry, image, publish, digestBehind } = await opened();
      const one = await publish("1");
      expect(await registry.moveTag({ ...image, tag: "1" }, "latest", one)).toEqual({ from: undefined });
      expect([await digestBehind("latest"), await digestBehind("1")]).toEqual([one, one]);
      expect([...(await registry.listTags(image))].sort()).toEqual(["1", "latest"]);
    });

    it("are moved from what they meant, also back to what no tag names any more", async () => {
      const { registry, image, publish, digestBehind } = await opened();
      const one = await publish("1");
      const latest = await publish("latest");
      expect(await registry.moveTag(image, "latest", one)).toEqual({ from: latest });
      expect(await digestBehind("latest")).toBe(one);
      expect(await registry.moveTag(image, "latest", latest)).toEqual({ from: one });
      expect(await digestBehind("latest")).toBe(latest);
    });

    it("stay where they are right already", async () => {
      const { registry, image, publish } = await opened();
      const one = await publish("1");
      await registry.moveTag(image, "latest", one);
      expect(await registry.moveTag(image, "latest", one)).toEqual({ from: one });
    });

    it("are not moved to what is not there", async () => {
      const { registry, image, publish, digestBehind, codeOf } = await opened();
      const one = await publish("1");
      expect(await codeOf(registry.moveTag(image, "1", digestOf("f")))).toBe("ImageNotFound");
      expect(await codeOf(registry.moveTag(image, "2", digestOf("f")))).toBe("ImageNotFound");
      expect(await digestBehind("1")).toBe(one);
    });
  });
}
