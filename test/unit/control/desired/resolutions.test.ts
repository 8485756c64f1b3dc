import { describe, expect, it } from "vitest";
import { Signatures } from "../../../../src/control/signatures/signatures.js";
import { Resolutions } from "../../../../src/control/desired/resolutions.js";
import type { ResolutionsOptions } from "../../../../src/control/desired/resolutions.js";
import type { Resolved, Targets } from "../../../../src/control/desired/targets.js";
import { emptyRecord } from "../../../../src/control/journal/record.js";
import { silentLog } from "../../../../src/console/log.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { digestOf, hostWith, now, specOf } from "../../plan/world.js";
import { manualClock } from "../clock.js";

const key = "shop/web" as const;
const spec = specOf();
const view = viewOf(hostWith([]), spec, new Map(), { now });
const silent: Resolved = {
  target: { known: false, reason: "RegistryUnavailable", message: "docker.io does not answer" },
  retryAfterMs: 7_000,
  image: spec.image,
};
const found: Resolved = {
  image: spec.image,
  target: { known: true, digest: digestOf("a"), sameContent: [] },
  retryAfterMs: 0,
};

/** A registry that takes its time, and is told when to answer what. */
function slowRegistry() {
  const clock = manualClock();
  const waiting: ((answer: Resolved) => void)[] = [];
  const woken: string[] = [];
  const targets = {
    resolve: () => new Promise<Resolved>((resolve) => waiting.push(resolve)),
    resolveJobImage: () => Promise.reject(new Error("there are no jobs")),
  } as unknown as Targets;
  const options = {
    signatures: new Signatures({
      ...{
        registry: undefined as never,
        platformOf: undefined as never,
        demands: [],
        clock,
        proofs: undefined as never,
      },
      checked: () => undefined,
    }),
    ...{ targets, clock, wake: (one: string) => woken.push(one) },
    catalog: { declared: () => undefined, statuses: new Map() },
    journal: { record: () => emptyRecord },
  } as unknown as ResolutionsOptions;
  const asker = { key, log: silentLog, isRoutine: false, retryAfterMs: 0 };
  const resolutions = new Resolutions(options);
  const ask = async (waitMs = 0) => {
    const answer = resolutions.desired(asker, spec, view);
    await clock.advance(waitMs);
    return answer;
  };
  const answer = async (what: Resolved) => {
    waiting.shift()?.(what);
    await clock.advance(0);
  };
  return { ask, answer, waiting, woken, asker, clock };
}

describe("a registry's answer that comes late", () => {
  it("is not waited for, and wakes who asked", async () => {
    const { ask, answer, woken } = slowRegistry();
    expect(await ask(500)).toBeUndefined();
    expect(woken).toEqual([]);
    await answer(found);
    expect(woken).toEqual([key]);
  });

  it("and is a failure, counts at the next look, and only there: it is not asked for again and again", async () => {
    const { ask, answer, waiting, woken, asker } = slowRegistry();
    expect(await ask(500)).toBeUndefined();
    await answer(silent);
    expect([woken, asker.retryAfterMs]).toEqual([[key], 7_000]);
    expect(await ask()).toMatchObject({ target: silent.target });
    expect(waiting).toHaveLength(0);
    const next = ask();
    await answer(found);
    expect(await next).toMatchObject({ target: found.target });
  });

  it("and is an answer, is left to where it was asked for", async () => {
    const { ask, answer, waiting } = slowRegistry();
    await ask(500);
    await answer(found);
    const next = ask();
    expect(waiting).toHaveLength(1);
    await answer(found);
    expect(await next).toMatchObject({ target: found.target });
  });

  it("in time, it is what the run goes on with", async () => {
    const { ask, answer, woken, clock } = slowRegistry();
    const asked = ask(499);
    await clock.advance(499);
    await answer(silent);
    expect(await asked).toMatchObject({ target: silent.target });
    expect(woken).toEqual([]);
  });
});
