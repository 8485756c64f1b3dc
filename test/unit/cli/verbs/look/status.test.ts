import { describe, expect, it } from "vitest";
import { ageOf } from "../../../../../src/cli/shared/age.js";
import { status } from "../../../../../src/cli/verbs/look/status.js";
import type { ProblemReport } from "../../../../../src/compose/values/problem.js";
import type { JournalState } from "../../../../../src/control/journal/standing.js";
import { answering } from "../admin.js";

const web = {
  ...{ project: "shop", service: "web", image: "docker.io/library/nginx:1.27", sync: "Synced", health: "Healthy" },
  ...{ replicas: { ready: 1, desired: 1, updated: 1 }, conditions: [] },
};

interface Answers {
  readonly services?: readonly object[];
  readonly problems?: readonly ProblemReport[];
  readonly journal?: JournalState;
  readonly failures?: readonly object[];
}

async function ran(answers: Answers, name?: string, json = false): Promise<{ text: string; code: number }> {
  const { services = [web], problems, journal = { kind: "written" }, failures = [] } = answers;
  const { wiring, admin, printed } = await answering((url) => ({
    body: url.endsWith("/history") ? { failures } : { services, problems, journal },
  }));
  const code = await status(wiring, admin, name, json ? "json" : "table");
  return { text: printed(), code };
}

async function told(journal: JournalState, name?: string, json = false): Promise<string> {
  const { text, code } = await ran({ journal }, name, json);
  expect(code).toBe(0);
  return text;
}

const condition = (type: string, is: string, reason: string, message: string) => ({
  ...{ type, status: is, reason, message, lastTransitionTime: "2026-01-01T00:00:00.000Z" },
});
const ready = condition("Ready", "True", "Converged", "web runs it");
const unready = condition("Ready", "False", "DigestHeld", "it failed");

describe("status", () => {
  const problems: readonly ProblemReport[] = [
    { file: "a.yaml", line: 3, column: 5, path: "services.web.imgae", message: "unknown key", remedy: "write `image`" },
    { file: "a.yaml", line: 9, column: 5, path: "", message: "is missing" },
  ];

  it("says every problem of the files first, and ends with 1; in JSON too", async () => {
    const { text, code } = await ran({ problems });
    expect(code).toBe(1);
    expect(text.split("\n").slice(0, 4)).toEqual([
      "a.yaml:3:5: services.web.imgae: unknown key (write `image`)",
      "a.yaml:9:5: is missing",
      "2 problems in the services files: the last good version of each stays in force",
      "",
    ]);
    expect(text).toContain("shop/web");
    const json = await ran({ problems }, undefined, true);
    expect([json.code, (JSON.parse(json.text) as Answers).problems]).toEqual([1, problems]);
  });

  it("shows image and age, and what is not ready before what is", async () => {
    const createdAt = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const services = [
      { ...web, conditions: [ready], createdAt },
      { ...web, service: "zoo", image: "registry.example:5000/zoo:edge", sync: "Held", conditions: [unready] },
    ];
    const { text, code } = await ran({ services });
    expect(code, "a service that is not ready is no problem of files").toBe(0);
    const [head, first, second, news] = text.split("\n").map((line) => line.split(/ {2,}/));
    expect(head).toEqual([
      ...["SERVICE", "IMAGE", "SYNC", "HEALTH", "REPLICAS", "REVISION", "DIGEST", "AGE", "LAST ROLLOUT", "REASON"],
    ]);
    expect(first?.slice(0, 3)).toEqual(["shop/zoo", "registry.example:5000/zoo:edge", "Held"]);
    expect([second?.[0], second?.[1], second?.[7]]).toEqual(["shop/web", "nginx:1.27", "3d"]);
    expect(news).toEqual(["shop/zoo: it failed"]);
  });

  it("of one service says of each condition whether it is so", async () => {
    const services = [{ ...web, conditions: [ready, condition("RolledBack", "False", "Converged", "it was not")] }];
    const { text } = await ran({ services }, "web");
    expect(text).toMatch(/\nCONDITION +STATUS +REASON +SINCE +MESSAGE\nReady +True +Converged +\d+d +web runs it\n/);
    expect(text).toMatch(/\nRolledBack +False +Converged +\d+d +it was not$/);
  });

  const failure = {
    ...{
      digest: "sha256:bb",
      container: "shop-web-1.failed",
      reason: "Unhealthy",
      message: "no",
      logs: ["last words"],
    },
    at: "2026-01-02T00:00:00.000Z",
  };
  const promoted = (finishedAt: string) => ({ lastRollout: { outcome: "promoted", finishedAt } });
  it.each([
    ["held", { sync: "Held", conditions: [unready] }, true],
    ["as wanted since", { conditions: [ready] }, false],
    [
      "promoted since, and not ready for another reason",
      { sync: "OutOfSync", conditions: [unready], ...promoted("2026-01-03T00:00:00.000Z") },
      false,
    ],
    ["promoted before", { sync: "Held", conditions: [unready], ...promoted("2026-01-01T00:00:00.000Z") }, true],
  ])("tells of a failure only while nothing has superseded it: %s", async (_what, state, isTold) => {
    const { text } = await ran({ services: [{ ...web, ...state }], failures: [failure] }, "web");
    expect(text.includes("last words")).toBe(isTold);
  });

  it("tells ages in one unit", () => {
    const now = Date.UTC(2026, 0, 31);
    const ago = (seconds: number) => ageOf(new Date(now - seconds * 1_000).toISOString(), now);
    expect([-5, 0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(ago)).toEqual([
      ...["0s", "0s", "119s", "2m", "119m", "2h", "47h", "2d"],
    ]);
  });
});

describe("status says of the journal", () => {
  const states: readonly [JournalState, RegExp | undefined][] = [
    [{ kind: "written" }, undefined],
    [{ kind: "failing", message: "ENOSPC: no space left" }, /journal: it cannot be written \(ENOSPC: no space left\)/],
    [{ kind: "stuck", forMs: 12_400 }, /journal: its disk has not answered for 12 s: .* lost if the controller ends/],
    [{ kind: "reading" }, /journal: it is still being read: holds, pins and pauses/],
  ];

  it.each(states)("%j, of all services and of one", async (state, line) => {
    for (const name of [undefined, "web"]) {
      const text = await told(state, name);
      if (line === undefined) expect(text).not.toContain("journal");
      else expect(text).toMatch(line);
    }
    expect(JSON.parse(await told(state, "web", true))).toEqual({
      ...{ services: [web], problems: [], journal: state },
      sources: [],
    });
  });
});
