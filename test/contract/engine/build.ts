import { describe, expect, it } from "vitest";
import type { BuildSpec } from "../../../src/compose/model/container/build-spec.js";
import type { ImageId } from "../../../src/compose/values/image.js";
import type { OpenContext } from "../../../src/control/ports/builds.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import { Secret } from "../../../src/tools/secret.js";
import type { Bench } from "./bench.js";
import { creation, serviceSpec } from "./service.js";
import type { StageFiles } from "./stage.js";

const name = "contract/built:latest";
const build: BuildSpec = { context: { kind: "path", path: "/unused" }, args: {}, labels: {} };
const program = ["FROM scratch", "COPY bin/busybox /bin/busybox"];

function files(dockerfile: readonly string[], more: StageFiles = {}): StageFiles {
  return { Dockerfile: `${dockerfile.join("\n")}\n`, "bin/busybox": true, ...more };
}

export function buildContract(bench: Bench): void {
  async function run(context: OpenContext, spec: Partial<BuildSpec> = {}): Promise<{ id: ImageId; lines: string[] }> {
    const lines: string[] = [];
    const order = { build: { ...build, ...spec }, context, tags: [name], onLine: (line: string) => lines.push(line) };
    return { id: await bench.engine.build(order, bench.never), lines };
  }

  describe("builds", () => {
    it("an image that bears its names, and the same one again for the same inputs", async () => {
      const sent = files([...program, 'CMD ["/bin/busybox", "sleep", "60"]'], { "unused.txt": "one" });
      const { id, lines } = await run(await bench.stage.context(sent));
      expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(lines.join("\n")).toContain("COPY bin/busybox /bin/busybox");
      expect((await run(await bench.stage.context(sent))).id).toBe(id);
      const { images } = await bench.engine.snapshot();
      expect(images.find((image) => image.id === id)?.tags).toContain(name);
    });

    it("an image that runs by its id, and stays by a tag of ours", async () => {
      const { id } = await run(await bench.stage.context(files([...program, 'CMD ["/bin/busybox", "sleep", "60"]'])));
      const tag = "fairlead/built:contract";
      await bench.engine.tagImage(id, tag);
      await bench.engine.tagImage(id, tag);
      const spec = serviceSpec("built", bench.plain);
      const container = await bench.engine.createContainer({
        ...creation(spec, bench.plain),
        ...{ digest: id, from: id },
      });
      await bench.engine.startContainer(container);
      expect(await bench.see(container)).toMatchObject({ digest: id, imageId: id, state: "running" });
      await bench.discard(container);
      await bench.engine.removeImage(name);
      expect(tagsOf(await bench.engine.snapshot(), id)).toEqual([tag]);
      await bench.engine.removeImage(tag);
      expect(tagsOf(await bench.engine.snapshot(), id)).toEqual(undefined);
    });

    it("moves the names to what is newer", async () => {
      const first = await run(await bench.stage.context(files([...program, "LABEL nr=1"])));
      const second = await run(await bench.stage.context(files([...program, "LABEL nr=2"])));
      expect(second.id).not.toBe(first.id);
      const snapshot = await bench.engine.snapshot();
      expect(tagsOf(snapshot, second.id)).toContain(name);
      expect(tagsOf(snapshot, first.id) ?? []).not.toContain(name);
    });

    it("takes arguments and labels, and another Dockerfile", async () => {
      const text = files(["FROM nowhere"], { "other/Dockerfile": `${[...program, "ARG GREETING"].join("\n")}\n` });
      const [plain, labelled] = [
        await run(await bench.stage.context(text, "other/Dockerfile")),
        await run(await bench.stage.context(text, "other/Dockerfile"), {
          labels: { own: "label" },
          args: { GREETING: new Secret("hello") },
        }),
      ];
      expect(labelled.id).not.toBe(plain.id);
    });

    it.each([
      ["an instruction that is none", ["FROM scratch", "QUUX /"], /unknown instruction: QUUX/],
      ["a file that is not in the context", [...program, "COPY nothing /"], /nothing/],
      ["a step that fails", [...program, 'RUN ["/bin/busybox", "sh", "-c", "exit 3"]'], /./],
    ])("fails for good on %s, and leaves no name", async (_what, dockerfile, message) => {
      await bench.engine.removeImage(name);
      const failed = run(await bench.stage.context(files(dockerfile)));
      await expect(failed).rejects.toMatchObject({
        code: "BuildFailed",
        retry: "never",
        message: expect.stringMatching(message) as string,
      });
      const { images } = await bench.engine.snapshot();
      expect(images.flatMap(({ tags }) => tags)).not.toContain(name);
    });

    it("is given up when its signal aborts", async () => {
      const context = await bench.stage.context(files(program));
      const order = { build, context, tags: [name], onLine: () => undefined };
      await expect(bench.engine.build(order, AbortSignal.abort())).rejects.toMatchObject({ code: "BuildFailed" });
    });
  });
}

function tagsOf({ images }: HostSnapshot, id: string): readonly string[] | undefined {
  return images.find((image) => image.id === id)?.tags;
}
