import { describe, expect, it } from "vitest";
import { Digests } from "../../../../src/control/desired/digests.js";
import type { Platform, Registry } from "../../../../src/control/ports/registry.js";
import { SimulatedEngine } from "../../../simulator/engine.js";
import { containerIn, digestOf, specOf } from "../../plan/world.js";

describe("whether two digests have equal content", () => {
  it.each<[string | undefined, Partial<Platform>]>([
    ["linux/arm/v7", { os: "linux", architecture: "arm", variant: "v7" }],
    ["linux/arm64", { os: "linux", architecture: "arm64", variant: undefined }],
    [undefined, { os: "linux", architecture: "amd64" }],
  ])("is asked for the platform that runs: %s", async (platform, expected) => {
    const asked: Platform[] = [];
    const registry: Pick<Registry, "content"> = {
      content: (_image, digest, wanted) => {
        asked.push(wanted);
        return Promise.resolve({ manifest: digest, config: digest });
      },
    };
    const digests = new Digests(registry as Registry, new SimulatedEngine());
    const spec = specOf(platform === undefined ? {} : { container: { platform } });
    expect(await digests.isSameContent(spec, digestOf("b"), containerIn("active", "a", 1))).toBe(false);
    expect(asked).toHaveLength(2);
    for (const wanted of asked) expect(wanted).toMatchObject(expected);
  });
});
