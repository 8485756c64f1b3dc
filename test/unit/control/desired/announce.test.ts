import { expect, it } from "vitest";
import { announce } from "../../../../src/control/desired/announce.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import { silentLog } from "../../../../src/log.js";
import { Metrics } from "../../../../src/metrics.js";

const problem = { file: "b.yaml", line: 1, column: 1, path: "services", message: "it is broken" };
const of = (generation: number, files: Readonly<Record<string, number>>): SourceSnapshot => ({
  generation,
  projects: [],
  problems: [],
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
