import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { knownDependencies } from "../../../../src/control/desired/known-dependencies.js";
import type { Sight } from "../../../../src/control/desired/known-dependencies.js";
import type { Condition, ServiceStatus } from "../../../../src/plan/model/condition.js";
import { dependencyState } from "../../../../src/plan/model/dependency.js";
import type { Target } from "../../../../src/plan/model/desired.js";
import { containerIn, digestOf, specOf } from "../../plan/world.js";

const migrate = specOf({ name: "migrate", oneShot: true });
const target: Target = { known: true, digest: digestOf("b"), sameContent: [] };

function ready(status: Condition["status"], reason: Condition["reason"]): ServiceStatus {
  const condition = { type: "Ready", status, reason, message: `it is ${reason}` } as const;
  return { conditions: [condition] } as unknown as ServiceStatus;
}

const web = (condition: "service_completed_successfully" | "service_started") =>
  specOf({ dependsOn: [{ service: "migrate", condition, required: true, restart: false }] });

async function known(sight: Partial<Sight>, condition: Parameters<typeof web>[0] = "service_completed_successfully") {
  const whole: Sight = {
    declared: () => ({ spec: migrate, generation: 1, specProblem: undefined }),
    status: () => ready("True", "Converged"),
    isOnItsWay: () => false,
    sameContent: () => [],
    resolve: () => Promise.resolve({ target }),
    ...sight,
  };
  return (await knownDependencies(web(condition), whole)).get("migrate");
}

describe("what has to complete first", () => {
  it("is wanted with today's digest", async () => {
    const wanted = { spec: migrate, specHash: specHash(migrate), target };
    expect(await known({})).toEqual({ desired: wanted, pending: false, fault: undefined });
  });

  it("counts digests of equal content for the same", async () => {
    const as = digestOf("c");
    const pairs = [
      { digest: digestOf("b"), as },
      { digest: digestOf("d"), as: digestOf("e") },
    ];
    expect(await known({ sameContent: () => pairs })).toMatchObject({ desired: { target: { sameContent: [as] } } });
  });

  it("is being asked for while the registry takes its time: an old completion does not count then", async () => {
    const answer = await known({ resolve: () => Promise.resolve(undefined) });
    expect(answer).toEqual({ desired: "asking", pending: true });
    const done = containerIn("active", "a", 1, { state: "exited", exitCode: 0, specHash: specHash(migrate) });
    expect(dependencyState([done], answer)).toMatchObject({ completed: false, pending: true });
  });

  it("is not asked for where nothing has to complete", async () => {
    const resolve = () => Promise.reject(new Error("not to be asked"));
    expect(await known({ resolve }, "service_started")).toEqual({ pending: false, fault: undefined });
  });
});

describe("of any dependency", () => {
  it("that no file declares nothing is known", async () => {
    expect(await known({ declared: () => undefined })).toEqual({ pending: false });
  });

  it.each([
    ["is on its way", ready("False", "Pulling"), true, undefined],
    ["is on its way though it serves", ready("True", "RolloutStarted"), true, undefined],
    ["is not well, and why", ready("False", "DigestHeld"), false, "it is DigestHeld"],
    ["is well", ready("True", "Converged"), false, undefined],
  ])("it is known that it %s", async (_what, status, pending, fault) => {
    const sight = { status: () => status, isOnItsWay: () => pending };
    expect(await known(sight, "service_started")).toEqual({ pending, fault });
  });

  it("that nobody has looked at yet, nothing is told", async () => {
    expect(await known({ status: () => undefined }, "service_started")).toEqual({ pending: false, fault: undefined });
  });
});
