import { expect, it } from "vitest";
import { announce } from "../../../../src/control/desired/announce.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import type { Telemetry } from "../../../../src/control/ports/telemetry.js";
import { silentLog } from "../../../../src/log.js";
import { Metrics } from "../../../../src/metrics.js";
import { Secret } from "../../../../src/tools/secret.js";

const problem = { file: "b.yaml", line: 1, column: 1, path: "services", message: "it is broken" };
const blank: SourceSnapshot = { generation: 0, projects: [], problems: [], warnings: [], files: new Map() };
const of = (generation: number, files: Readonly<Record<string, number>>): SourceSnapshot => ({
  ...blank,
  generation,
  files: new Map(Object.entries(files).map(([file, count]) => [file, Array.from({ length: count }, () => problem)])),
});

it("the metrics show the problems of each file that there is, and no more of one that is gone", async () => {
  const metrics = new Metrics("0");
  const shown = async () =>
    (await metrics.render())
      .split("\n")
      .filter((line) => /^fairlead_\w*problems/.test(line))
      .map((line) => line.replace(/^\w+/, ""));
  announce(of(1, { "a.yaml": 0, "b.yaml": 2 }), of(0, {}), metrics, silentLog);
  expect(await shown()).toEqual(['{file="a.yaml"} 0', '{file="b.yaml"} 2']);
  announce(of(2, { "b.yaml": 1 }), of(1, { "a.yaml": 0, "b.yaml": 2 }), metrics, silentLog);
  expect(await shown()).toEqual(['{file="b.yaml"} 1']);
});

const telemetry = { fileProblems: () => undefined, fileForgotten: () => undefined } as unknown as Telemetry;

it("a warning is logged once for what it says, and never what is withheld of it", () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (fields: object, text: string) => said.push(`${JSON.stringify(fields)} ${text}`) };
  const warning = { file: ".env", line: 1, column: 4, path: "PW", message: "empty", withheld: new Secret("hunter2") };
  const first = { ...blank, generation: 1, warnings: [warning] };
  const second = { ...blank, generation: 2, warnings: [warning, { ...warning, line: 2 }] };
  announce(first, blank, telemetry, log);
  announce(second, first, telemetry, log);
  announce({ ...second, generation: 3 }, second, telemetry, log);
  expect(said).toEqual(['{"file":".env"} .env:1:4: PW: empty', '{"file":".env"} .env:2:4: PW: empty']);
});
