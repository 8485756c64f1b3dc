import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { oldNode } from "../../../src/process/node-version.js";

describe("a Node", () => {
  it.each(["v20.19.0", "v20.20.2", "v22.0.0", "v100.1.0"])("%s is new enough for >=20.19", (version) => {
    expect(oldNode(version, ">=20.19")).toBeUndefined();
  });

  it.each(["v20.18.9", "v18.20.8", "v12.22.12", "v9.30.0"])("%s is not, in a sentence with a remedy", (version) => {
    const [sentence, remedy] = oldNode(version, ">=20.19")?.split("\n") ?? [];
    expect(sentence).toBe(`Fairlead needs Node 20.19 or newer, and this is ${version}`);
    expect(remedy).toMatch(/^ {2}install a newer one/);
  });

  it("that runs these tests is new enough for what package.json says", () => {
    const { engines } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      readonly engines: { readonly node: string };
    };
    expect(engines.node).toMatch(/^>=\d+\.\d+$/);
    expect(oldNode(process.version, engines.node)).toBeUndefined();
  });
});
