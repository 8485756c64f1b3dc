import { describe, expect, it } from "vitest";
import type { RepositoryState } from "../../../../src/control/ports/source.js";
import { problemsIn, type Standing } from "../../../../src/notify/notices/found.js";

const source = "https://forge.example/acme/fleet.git";

function standing(more: Partial<Standing>): Standing {
  return {
    ...{ isReady: true, services: [], files: new Map(), projects: [], repositories: [] },
    ...{ engine: { kind: "reachable", clockSkewSeconds: 0 }, ...more },
  };
}

function repository(reason: string): RepositoryState {
  const condition = { status: reason === "InForce" ? "True" : "False", reason, message: "no answer" } as const;
  return {
    source,
    ref: "main",
    newest: undefined,
    inForce: undefined,
    lastSuccessAt: undefined,
    condition,
    projects: [],
  };
}

const problem = { file: source, path: "", message: "no answer" };

describe("what is wrong with a repository", () => {
  it.each([
    ["InForce", []],
    ["NotSeen", []],
    ["RevisionInvalid", []],
    ["Unreachable", [["source", 300_000]]],
    ["NotSigned", [["signature", 0]]],
  ])("%s", (reason, expected) => {
    const files = new Map(reason === "InForce" ? [] : [[source, [problem]]]);
    const { found } = problemsIn(standing({ repositories: [repository(reason)], files }));
    expect(found.map(({ kind, afterMs }) => [kind, afterMs])).toEqual(expected);
  });
});

it("nothing of a host that has not been seen has ended", () => {
  const { isOpenStill } = problemsIn(standing({ isReady: false }));
  expect(["crash shop/web", "waiting shop/web", "registry docker.io", "release shop/web"].every(isOpenStill)).toBe(
    true,
  );
  expect(["engine", "source a.yaml"].some(isOpenStill)).toBe(false);
});
