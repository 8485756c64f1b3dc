import { expect, it } from "vitest";
import type { Problem } from "../../../../src/compose/values/problem.js";
import { announce } from "../../../../src/control/desired/announce.js";
import { Events } from "../../../../src/control/journal/events.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import { silentLog } from "../../../../src/log.js";
import { Metrics } from "../../../../src/metrics/metrics.js";

const file = "/srv/services.yaml";
const problem = (line: number, message: string): Problem => ({ file, line, column: 3, path: "services.web", message });
const snapshotOf = (...problems: readonly Problem[]): SourceSnapshot => ({
  generation: 1,
  projects: [{ name: "shop", file, services: [] }],
  problems,
  files: new Map([[file, problems]]),
});

it("events tell of a file that becomes broken, is broken otherwise, and is well again; and nothing else", () => {
  const events = new Events();
  const audience = { telemetry: new Metrics("0"), log: silentLog, events };
  const [one, two] = [problem(3, "unknown key"), problem(5, "is missing")];
  const none: SourceSnapshot = { generation: 0, projects: [], problems: [], files: new Map() };
  const snapshots = [snapshotOf(), snapshotOf(), snapshotOf(one), snapshotOf(one), snapshotOf(two, one), snapshotOf()];
  snapshots.forEach((snapshot, index) => {
    announce(snapshot, snapshots[index - 1] ?? none, index, audience);
  });
  const told = [...events.lately("file", 99)].reverse();
  expect(told.map(({ at, project, reason, message }) => [Date.parse(at), project, reason, message])).toEqual([
    [2, "shop", "SpecInvalid", `${file} is not in force: ${file}:3:3: services.web: unknown key`],
    [
      ...[4, "shop", "SpecInvalid"],
      `${file} is not in force: ${file}:5:3: services.web: is missing; and 1 more, as \`fairlead status\` says`,
    ],
    [5, "shop", "SpecValid", `${file} has no problems any more, and is in force`],
  ]);
});

it("a file that is broken from the start is told of, though it has no project yet", () => {
  const events = new Events();
  const snapshot = { ...snapshotOf(problem(1, "is empty")), projects: [] };
  const none: SourceSnapshot = { generation: 0, projects: [], problems: [], files: new Map() };
  announce(snapshot, none, 0, { telemetry: new Metrics("0"), log: silentLog, events });
  expect(events.lately("file", 9)).toMatchObject([{ type: "file", reason: "SpecInvalid" }]);
  expect(events.lately("file", 9)[0]).not.toHaveProperty("project");
});
