import { describe, expect, it } from "vitest";
import type { ContainerFile } from "../../../../src/compose/model/container/container-file.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { effect } from "../../../../src/plan/steps/effect.js";
import { Secret } from "../../../../src/tools/secret.js";
import { containerIn, desire, hostWith, now, specOf } from "../world.js";

const file: ContainerFile = {
  origin: "the gate",
  path: "/etc/gate.cfg",
  content: new Secret(""),
  mode: 0o644,
  uid: 0,
  gid: 0,
};
const desired = desire("a", specOf({ rewritable: { config: "new", files: [file] } }));

function active(patch: Partial<ObservedContainer>): ObservedContainer {
  return containerIn("active", "a", 1, patch);
}

function stepsFor(...containers: readonly ObservedContainer[]): readonly string[] {
  const view = viewOf(hostWith(containers), desired.spec, new Map());
  return plan(desired, view, emptyMemory).steps.map((step) =>
    "container" in step ? `${step.kind} ${step.container}` : step.kind,
  );
}

const reports = (config: string) => ({ gate: { of: "db", state: { config, routes: [] } } });

describe("files that may change under a container", () => {
  it("are written into one that runs and says that it has others", () => {
    expect(stepsFor(active(reports("old")))).toEqual(["write-files shop-web-1"]);
    expect(stepsFor(active(reports("new")))).toEqual([]);
  });

  it("are left alone in one that cannot be asked", () => {
    expect(stepsFor(active({}))).toEqual([]);
    expect(stepsFor(active({ gate: { of: "db" } }))).toEqual([]);
  });

  it("are written before a new one starts, and before one that had ended starts again", () => {
    expect(stepsFor()).toEqual(expect.arrayContaining(["pull-image"]));
    const ended = active({ state: "exited", exitCode: 1, finishedAt: now - 1_000 });
    expect(stepsFor(ended)).toEqual(["write-files shop-web-1", "start-container shop-web-1"]);
  });

  it("are not for a container of another spec", () => {
    expect(stepsFor(active({ ...reports("old"), specHash: "G" }))).not.toContain("write-files shop-web-1");
  });

  it("once written, are what it reports", () => {
    const view = viewOf(hostWith([active(reports("old"))]), desired.spec, new Map());
    const [step] = plan(desired, view, emptyMemory).steps;
    if (step === undefined) throw new Error("nothing is planned");
    const after = effect(hostWith([active(reports("old"))]), step, now, "x");
    expect(stepsFor(...after.containers)).toEqual([]);
  });
});
