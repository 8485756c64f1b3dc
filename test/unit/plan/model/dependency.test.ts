import { expect, it } from "vitest";
import { isOnItsWay } from "../../../../src/plan/model/dependency.js";
import type { Awaits, Outcome } from "../../../../src/plan/model/outcome.js";

const said = { reason: "Converged", because: "" } as const;
const waits = (awaits: Awaits): Outcome => ({ kind: "wait", until: undefined, awaits, ...said });

it.each<[boolean, Outcome]>([
  [true, { kind: "continue", ...said }],
  [false, { kind: "converged", ...said }],
  [false, { kind: "failed", ...said }],
  [false, { kind: "blocked", ...said }],
  ...(["turn", "health", "completion", "job", "dependency", "registry", "build"] as const).map(
    (awaits): [boolean, Outcome] => [true, waits(awaits)],
  ),
  ...(["time", "reload", "person", "host"] as const).map((awaits): [boolean, Outcome] => [false, waits(awaits)]),
])("that it is on its way is %s of %j", (expected, outcome) => {
  expect(isOnItsWay(outcome)).toBe(expected);
});
