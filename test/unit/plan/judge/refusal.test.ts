import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../../src/plan/judge/refusal.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { Refusal } from "../../../../src/plan/model/host/observed.js";
import type { Step } from "../../../../src/plan/model/step.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, digestOf, hostWith, imageOf, specOf } from "../world.js";
import { imageIdOf } from "../../../digests.js";

const step: Extract<Step, { kind: "create-container" }> = {
  kind: "create-container",
  name: "shop-web-1.next",
  spec: specOf(),
  specHash: "H",
  digest: digestOf("b"),
  from: imageIdOf("b"),
  revision: 2,
  slot: 1,
  attach: undefined,
  because: "",
};
const refusal = refusalOf(step, "the engine refused to create container shop-web-1.next: No command specified")!;

function planned(refusals: readonly Refusal[], memory: Partial<Memory> = {}): string {
  const active = containerIn("active", "a", 1);
  const host = hostWith([active], { images: [imageOf("a", [1], [active.id]), imageOf("b")] });
  const view = { ...viewOf(host, specOf(), new Map()), refusals };
  return `\n${renderPlan(plan(desire("b"), view, { ...emptyMemory, ...memory }))}\n`;
}

describe("a creation that the engine refuses", () => {
  it.each([
    ["No command specified", true],
    ["container create: no command or entrypoint provided, and no CMD or ENTRYPOINT from image", true],
    ["unable to find user nobody-here: no matching entries in passwd file", true],
    ["cannot mount volume over existing file, file exists /var/lib/docker/merged/entry", true],
    ["Cannot mkdir: /entry is not a directory", true],
    ["image with reference x was found but does not match the specified platform", true],
    ['invalid mount config for type "bind": bind source path does not exist: /data', false],
    ["Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available", false],
    ["no space left on device", false],
    ["logger: no log driver named 'x' is registered", false],
  ])("blames the image: %s: %s", (message, isOfImage) => {
    expect(refusalOf(step, message) !== undefined).toBe(isOfImage);
  });

  it("is noted before anything else, and holds the digest", () => {
    expect(planned([refusal])).toMatchInlineSnapshot(`
      "
      1. note that shop-web-1.next cannot be created and hold sha256:bbbbbbbbbbbb (the engine refused to create container shop-web-1.next: No command specified)
      => continue: StartFailed: the engine refused to create container shop-web-1.next: No command specified
      "
    `);
  });

  it("says nothing of what has proved itself with this very spec", () => {
    const stable = { stableDigest: digestOf("b"), stableSpec: "H" };
    expect(planned([refusal], stable)).toBe(planned([], stable));
    expect(planned([refusal], { ...stable, stableSpec: "other" })).toBe(planned([refusal]));
  });
});
