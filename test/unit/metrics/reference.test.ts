import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openapi } from "../../../src/http/admin/openapi.js";
import { hookOutcomes } from "../../../src/http/delivery/outcome.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import { statusOf } from "../http/surface.js";

const reference = readFileSync(new URL("../../../docs/http.md", import.meta.url), "utf8");

test("docs/http.md lists every metric with its type, labels and help, and no other", async () => {
  const metrics = new Metrics("1.2.3");
  metrics.serviceDeclared("shop/web");
  metrics.status("shop/web", statusOf("shop/web", "nginx:1.27"));
  metrics.registryRequested("docker.io", "HEAD", 200);
  metrics.fileProblems("services.yaml", 0);
  metrics.sources.sourceFollowed("https://forge.example/acme/fleet.git");
  metrics.sources.sourceFetched("https://forge.example/acme/fleet.git", "fetched");
  metrics.sources.sourceWritesBack("https://forge.example/acme/fleet.git");
  metrics.sources.sourceInForce("https://forge.example/acme/fleet.git", "1a2b3c4");
  metrics.pullsRemaining("docker.io", 95);
  const unpadded = reference.replace(/ +/g, " ");
  const rows = [...unpadded.matchAll(/^\| `((?:fairlead|workqueue|process|nodejs)_[^`]+)` \| .*\|$/gm)].map(
    ([row]) => row,
  );
  expect(rows).toEqual(tableOf(await metrics.render()));
});

test("docs/http.md names every path of the API and every outcome", () => {
  const { paths } = openapi("1.2.3") as { paths: object };
  for (const path of Object.keys(paths)) expect(reference).toContain(`${path}\``);
  for (const outcome of hookOutcomes) expect(reference).toContain(`\`${outcome}\``);
});

/** The exposition as the table's rows, in its own order; the label names are those of the first sample. */
function tableOf(exposition: string): readonly string[] {
  return [...exposition.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n(.*)$/gm)].map(
    ([, name = "", help = "", type = "", sample = ""]) => {
      const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
      return `| \`${labels.length === 0 ? name : `${name}{${labels.join(",")}}`}\` | ${type} | ${help} |`;
    },
  );
}
