import { describe, expect, it } from "vitest";
import { pinnedImage } from "../../../src/compose/values/image.js";
import type { LayerNews } from "../../../src/control/ports/engine.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { Bench } from "./bench.js";
import { digestOf } from "../../digests.js";

export function imagesContract(bench: Bench): void {
  describe("images", () => {
    it("pulls by digest, shows the digest, and pulls again with no harm", async () => {
      const image = await bench.stage.publish({ kind: "good" });
      const reference = pinnedImage(image.image, image.digest);
      expect(digests(await bench.engine.snapshot())).not.toContain(reference);
      await bench.engine.pull(reference, bench.never);
      await bench.engine.pull(reference, bench.never);
      expect(digests(await bench.engine.snapshot())).toContain(reference);
    });

    it("tells of each layer of a pull until it is done, and of a second pull that they are there", async () => {
      const image = await bench.stage.publish({ kind: "good" });
      const reference = pinnedImage(image.image, image.digest);
      const pull = async () => {
        const layers = new Map<string, LayerNews["state"]>();
        await bench.engine.pull(reference, bench.never, undefined, ({ id, state, bytes = 0, total = bytes }) => {
          expect(bytes).toBeLessThanOrEqual(total);
          layers.set(id, state);
        });
        return [...layers.values()];
      };
      const first = await pull();
      expect(first.length).toBeGreaterThan(0);
      expect(first.every((state) => state === "done" || state === "there")).toBe(true);
      expect((await pull()).every((state) => state === "there")).toBe(true);
    });

    it("says that an image is not in the registry", async () => {
      const missing = pinnedImage(bench.good.image, digestOf("0"));
      await expect(bench.engine.pull(missing, bench.never)).rejects.toMatchObject({ code: "ImageNotFound" });
    });

    it("gives up a pull whose signal has aborted", async () => {
      const image = await bench.stage.publish({ kind: "good" });
      const pull = bench.engine.pull(pinnedImage(image.image, image.digest), AbortSignal.abort());
      await expect(pull).rejects.toMatchObject({ name: "FairleadError", code: "PullFailed" });
    });

    it("tags, moves a tag, and removes one reference after the other", async () => {
      const [one, two] = [await bench.local({ kind: "good" }), await bench.local({ kind: "good" })];
      const tag = "fairlead/keep:contract.tagged.r1";
      await bench.engine.tagImage(pinnedImage(one.image, one.digest), tag);
      await bench.engine.tagImage(pinnedImage(one.image, one.digest), tag);
      expect(holder(await bench.engine.snapshot(), tag)).toContain(pinnedImage(one.image, one.digest));
      await bench.engine.tagImage(pinnedImage(two.image, two.digest), tag);
      expect(holder(await bench.engine.snapshot(), tag)).toContain(pinnedImage(two.image, two.digest));

      await bench.engine.removeImage(tag);
      expect(holder(await bench.engine.snapshot(), tag)).toBeUndefined();
      expect(digests(await bench.engine.snapshot())).toContain(pinnedImage(two.image, two.digest));
      await bench.engine.removeImage(pinnedImage(two.image, two.digest));
      expect(digests(await bench.engine.snapshot())).not.toContain(pinnedImage(two.image, two.digest));
      await bench.engine.removeImage(pinnedImage(two.image, two.digest));
    });

    it("leaves an image in use where it is, and takes that for success", async () => {
      const image = await bench.local({ kind: "good" });
      const id = await bench.create("uses", image);
      await bench.engine.removeImage(pinnedImage(image.image, image.digest));
      const { images } = await bench.engine.snapshot();
      const kept = images.find(({ digests }) => digests.includes(pinnedImage(image.image, image.digest)));
      expect(kept?.usedBy).toEqual([id]);
      await bench.engine.removeContainer(id);
      await bench.engine.removeImage(pinnedImage(image.image, image.digest));
      expect(digests(await bench.engine.snapshot())).not.toContain(pinnedImage(image.image, image.digest));
    });

    it("does not tag what is not there", async () => {
      const missing = pinnedImage(bench.good.image, digestOf("0"));
      await expect(bench.engine.tagImage(missing, "fairlead/keep:none")).rejects.toMatchObject({
        code: "ImageNotFound",
      });
    });
  });
}

function digests({ images }: HostSnapshot): string[] {
  return images.flatMap((image) => image.digests);
}

function holder({ images }: HostSnapshot, tag: string): readonly string[] | undefined {
  return images.find(({ tags }) => tags.includes(tag))?.digests;
}
