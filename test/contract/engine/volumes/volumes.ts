import { describe, expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/mount.js";
import type { ObservedMount } from "../../../../src/plan/model/host/observed.js";
import type { InheritedVolume } from "../../../../src/plan/model/step.js";
import type { Bench } from "../bench.js";
import { creation, serviceSpec } from "../service.js";

const scratch: Mount = {
  type: "volume",
  source: undefined,
  target: "/scratch",
  readOnly: false,
  createHostPath: false,
};
const digits = /^[0-9a-f]{64}$/;

interface Wanted {
  readonly inherited?: readonly InheritedVolume[];
  readonly mounts?: readonly Mount[];
}

function inheritedOf(mounts: readonly ObservedMount[]): readonly InheritedVolume[] {
  return mounts.map(({ source: name, target, readOnly }) => ({ name, target, readOnly }));
}

export function volumesContract(bench: Bench): void {
  describe("a mounted file of the host", () => {
    it("is told as it is now, also where the container has the one that was there before", async () => {
      const { path, replace } = await bench.stage.hostFile("one");
      const mount: Mount = {
        type: "bind",
        source: path,
        target: "/etc/own.conf",
        readOnly: true,
        createHostPath: true,
      };
      const id = await bench.create("mounted", bench.plain, { mounts: [mount] });
      await bench.engine.startContainer(id);
      expect((await bench.see(id)).mounts).toEqual([
        { type: "bind", source: path, target: "/etc/own.conf", readOnly: true },
      ]);
      const before = await bench.engine.statMounted(id, "/etc/own.conf");
      expect(before?.size).toBe(3);
      await bench.stage.wait(20);
      await replace("three");
      const after = await bench.engine.statMounted(id, "/etc/own.conf");
      expect(after?.size).toBe(5);
      expect(after?.modifiedAt).toBeGreaterThan(before?.modifiedAt ?? Infinity);
      expect(await bench.engine.statMounted(id, "/etc/nowhere")).toBeUndefined();
      await bench.discard(id);
    });
  });

  describe("a volume that nobody has named", () => {
    const create = async (name: string, { inherited = [], mounts = [scratch] }: Wanted) => {
      const image = await bench.local({ kind: "good", check: false, volumes: ["/var/lib/db"] });
      const step = creation(serviceSpec(name, image, { mounts }), image, undefined, `contract-${name}-1`);
      const id = await bench.engine.createContainer({ ...step, ...(inherited.length === 0 ? {} : { inherited }) });
      return { id, mounts: (await bench.see(id)).mounts ?? [] };
    };
    const exists = async (name: string | undefined) =>
      (await bench.engine.snapshot()).volumes.has(name ?? "without a name");
    const rows = "/var/lib/db/rows";

    it("is seen with its name, and goes on with what is in it to a container that is created with it", async () => {
      const first = await create("elder", {});
      const [own, ofImage] = first.mounts;
      expect(first.mounts).toMatchObject([
        { type: "volume", source: own?.source, target: "/scratch", readOnly: false },
        { type: "volume", source: ofImage?.source, target: "/var/lib/db", readOnly: false },
      ]);
      expect([own?.source, ofImage?.source]).toEqual([expect.stringMatching(digits), expect.stringMatching(digits)]);
      await bench.engine.startContainer(first.id);
      await bench.stage.writeIn(first.id, rows, "one");
      await bench.stage.writeIn(first.id, "/scratch/x", "two");

      const second = await create("heir", { inherited: inheritedOf(first.mounts) });
      expect(second.mounts).toEqual(first.mounts);
      await bench.discard(first.id);
      await bench.engine.startContainer(second.id);
      expect(await bench.stage.fileIn(second.id, rows)).toMatchObject({ content: "one" });
      expect(await bench.stage.fileIn(second.id, "/scratch/x")).toMatchObject({ content: "two" });

      const third = await create("grandchild", { inherited: inheritedOf(second.mounts), mounts: [] });
      expect(third.mounts, "one that nobody asks for goes on too where it is given").toMatchObject([
        { source: own?.source, target: "/scratch" },
        { source: ofImage?.source, target: "/var/lib/db" },
      ]);
      await bench.discard(third.id);
      await bench.discard(second.id);
    });

    it("is known to be asked for by the file, or by the image alone", async () => {
      const first = await create("asking", {});
      expect(first.mounts.map(({ target, asked = false }) => [target, asked])).toEqual([
        ["/scratch", true],
        ["/var/lib/db", false],
      ]);
      const second = await create("asking-heir", { inherited: inheritedOf(first.mounts) });
      expect(second.mounts).toEqual(first.mounts);
      for (const { id } of [second, first]) await bench.engine.removeContainer(id, true);
    });

    it("is read only where it is given so", async () => {
      const first = await create("writer", {});
      const inherited = inheritedOf(first.mounts).map((volume) => ({ ...volume, readOnly: true }));
      const second = await create("reader", { inherited, mounts: [{ ...scratch, readOnly: true }] });
      expect(second.mounts).toEqual(first.mounts.map((mount) => ({ ...mount, readOnly: true })));
      await bench.discard(second.id);
      await bench.discard(first.id);
    });

    it("outlives its container, unless it is to go with it and no other one has it", async () => {
      const kept = await create("kept", {});
      await bench.engine.removeContainer(kept.id);
      for (const { source } of kept.mounts) expect(await exists(source)).toBe(true);

      const first = await create("first", {});
      const [shared, own] = first.mounts;
      const second = await create("second", { inherited: inheritedOf(first.mounts.slice(0, 1)) });
      await bench.engine.removeContainer(first.id, true);
      expect(await exists(shared?.source), "another one has it, though it does not run").toBe(true);
      expect(await exists(own?.source)).toBe(false);
      await bench.engine.removeContainer(second.id, true);
    });
  });
}
