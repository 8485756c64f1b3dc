import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Metrics } from "../../../src/metrics.js";

const rules = readFileSync(
  fileURLToPath(new URL("../../../deploy/prometheus/fairlead.rules.yml", import.meta.url)),
  "utf8",
);

test("each alert asks for metrics that there are", async () => {
  const known = new Set([...(await new Metrics("0").render()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const asked = [...new Set(rules.match(/\bfairlead_[a-z_]+/g))];
  expect(asked).toContain("fairlead_engine_up");
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
