import { expect, it } from "vitest";
import type { Problem } from "../../../../src/compose/values/problem.js";
import { announce } from "../../../../src/control/desired/announce.js";
import { Events } from "../../../../src/control/journal/events.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import { silentLog } from "../../../../src/console/log.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import { Secret } from "../../../../src/tools/secret.js";

const none: SourceSnapshot = { generation: 0, projects: [], problems: [], warnings: [], files: new Map() };
const file = "/srv/services.yaml";
const problem = (line: number, message: string): Problem => ({ file, line, column: 3, path: "services.web", message });
const snapshotOf = (...problems: readonly Problem[]): SourceSnapshot => ({
  generation: 1,
  projects: [{ name: "shop", file, services: [] }],
  problems,
  warnings: [],
  files: new Map([[file, problems]]),
});

it("events tell of a file that becomes broken, is broken otherwise, and is well again; and nothing else", () => {
  const events = new Events();
  const audience = { telemetry: new Metrics("0"), log: silentLog, events };
  const [one, two] = [problem(3, "unknown key"), problem(5, "is missing")];
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
  announce(snapshot, none, 0, { telemetry: new Metrics("0"), log: silentLog, events });
  expect(events.lately("file", 9)).toMatchObject([{ type: "file", reason: "SpecInvalid" }]);
  expect(events.lately("file", 9)[0]).not.toHaveProperty("project");
});

const broken = { file: "b.yaml", line: 1, column: 1, path: "services", message: "it is broken" };
const of = (generation: number, files: Readonly<Record<string, number>>): SourceSnapshot => ({
  ...none,
  generation,
  files: new Map(Object.entries(files).map(([file, count]) => [file, Array.from({ length: count }, () => broken)])),
});

it("the metrics show the problems of each file that there is, and no more of one that is gone", async () => {
  const metrics = new Metrics("0");
  const shown = async () =>
    (await metrics.render())
      .split("\n")
      .filter((line) => /^fairlead_\w*problems/.test(line))
      .map((line) => line.replace(/^\w+/, ""));
  announce(of(1, { "a.yaml": 0, "b.yaml": 2 }), of(0, {}), 0, {
    telemetry: metrics,
    log: silentLog,
    events: new Events(),
  });
  expect(await shown()).toEqual(['{file="a.yaml"} 0', '{file="b.yaml"} 2']);
  announce(of(2, { "b.yaml": 1 }), of(1, { "a.yaml": 0, "b.yaml": 2 }), 0, {
    telemetry: metrics,
    log: silentLog,
    events: new Events(),
  });
  expect(await shown()).toEqual(['{file="b.yaml"} 1']);
});

it("a warning is logged once for what it says, and never what is withheld of it", () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (fields: object, text: string) => said.push(`${JSON.stringify(fields)} ${text}`) };
  const warning = { file: ".env", line: 1, column: 4, path: "PW", message: "empty", withheld: new Secret("hunter2") };
  const first = { ...none, generation: 1, warnings: [warning] };
  const audience = { telemetry: new Metrics("0"), log, events: new Events() };
  const second = { ...none, generation: 2, warnings: [warning, { ...warning, line: 2 }] };
  announce(first, none, 0, audience);
  announce(second, first, 0, audience);
  announce({ ...second, generation: 3 }, second, 0, audience);
  expect(said).toEqual(['{"file":".env"} .env:1:4: PW: empty', '{"file":".env"} .env:2:4: PW: empty']);
});
