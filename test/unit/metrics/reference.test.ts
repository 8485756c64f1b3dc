import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf } from "../../../src/http/admin/routes/all.js";
import { hookOutcomes } from "../../../src/http/delivery/outcome.js";
import { everySeries } from "./every-series.js";

const reference = readFileSync(new URL("../../../docs/http.md", import.meta.url), "utf8");

test("docs/http.md lists every metric with its type, labels and help, and no other", async () => {
  const unpadded = reference.replace(/ +/g, " ");
  const rows = [...unpadded.matchAll(/^\| `((?:fairlead|workqueue|process|nodejs)_[^`]+)` \| .*\|$/gm)].map(
    ([row]) => row,
  );
  expect(rows).toEqual(tableOf(await everySeries()));
});

test("docs/http.md names every path of the API and every outcome", () => {
  const { paths } = documentOf("1.2.3") as { paths: object };
  for (const path of Object.keys(paths)) expect(reference).toContain(`${path}\``);
  for (const outcome of hookOutcomes) expect(reference).toContain(`\`${outcome}\``);
});

/** The exposition as the table's rows, in its own order; the label names are those of all samples. */
function tableOf(exposition: string): readonly string[] {
  return [...exposition.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n((?:[^#\n].*\n)*)/gm)].map(
    ([, name = "", help = "", type = "", samples = ""]) => {
      const all = [...samples.matchAll(/(\w+)="/g)].map(([, label]) => label);
      const labels = [...new Set(all)].filter((label) => label !== "le");
      return `| \`${labels.length === 0 ? name : `${name}{${labels.join(",")}}`}\` | ${type} | ${help} |`;
    },
  );
}
