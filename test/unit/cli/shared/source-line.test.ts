import { describe, expect, it } from "vitest";
import { sourceLine } from "../../../../src/cli/shared/source-line.js";

const commit = (digit: string, subject: string) => ({ id: digit.repeat(40), author: "Ann", at: "2026-01-01", subject });
const fleet = { source: "https://forge.example/fleet.git", ref: "main", projects: [] };
const well = { status: "True", reason: "InForce", message: "" } as const;

describe("a repository's line", () => {
  it.each([
    [
      { newest: commit("1", "one"), inForce: commit("1", "one"), condition: well },
      /main: commit 1111111 \(Ann: one\) is in force$/,
    ],
    [
      {
        newest: commit("2", "bad\u001b[31m"),
        inForce: commit("1", "one"),
        condition: { status: "False", reason: "RevisionInvalid", message: "unknown key" },
      },
      /is in force, the newest is commit 2222222 \(Ann: bad\); RevisionInvalid: unknown key$/,
    ],
    [
      {
        condition: { status: "False", reason: "Unreachable", message: "the server cannot be reached" },
      },
      /main: nothing is in force; Unreachable: the server cannot be reached$/,
    ],
    [
      {
        ...{ newest: commit("1", "one"), inForce: commit("1", "one"), condition: well },
        writeBack: { condition: { status: "False", reason: "PushRefused", message: "protected" } },
      },
      /is in force; not written to its branch: PushRefused: protected$/,
    ],
    [
      {
        ...{ newest: commit("1", "one"), inForce: commit("1", "one"), condition: well },
        writeBack: {
          branch: "main",
          condition: { status: "True", reason: "Recorded", message: "" },
          last: { commit: "3".repeat(40), at: "", services: [] },
        },
      },
      /is in force; commit 3333333 on main says what runs$/,
    ],
  ] as const)("%j", (state, line) => {
    expect(sourceLine({ ...fleet, ...state })).toMatch(line);
  });
});
