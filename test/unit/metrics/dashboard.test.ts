import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { labelsOfMetrics } from "./every-series.js";
import { hasPromtool } from "./promtool.js";
import { askedIn, missingIn, parse } from "./queries.js";
import { rules } from "./rules.js";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
}

const file = new URL("../../../deploy/grafana/fairlead.json", import.meta.url);
const dashboard = JSON.parse(readFileSync(file, "utf8")) as Dashboard;
const charts = dashboard.panels.filter(({ type }) => type !== "row");
const queries = charts.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);
const annotations = dashboard.annotations.list.map(({ expr }) => expr);

describe("the dashboard", () => {
  it("has its rows, and its variables stand at its top", () => {
    expect(dashboard.panels.filter(({ type }) => type === "row").map(({ title }) => title)).toEqual([
      ...["Now", "Rollouts", "Push to healthy", "Hooks", "Registries", "Queue", "Process", "Git", "Alerts"],
    ]);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(["datasource", "instance", "project", "service"]);
  });

  it("has no two panels in one place or of one id, and each says what it shows", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let { y } = gridPos; y < gridPos.y + gridPos.h; y += 1) {
        for (let { x } = gridPos; x < gridPos.x + gridPos.w; x += 1) {
          expect([title, x < 24, taken.has(`${x} ${y}`)]).toEqual([title, true, false]);
          taken.add(`${x} ${y}`);
        }
      }
    }
    for (const { title, description = "", datasource, targets = [] } of charts) {
      expect([title, description.length > 5, datasource?.uid, targets.length > 0]).toEqual([
        ...[title, true, "${datasource}", true],
      ]);
    }
  });

  it.each(queries)("$title: $expr", async ({ expr, legendFormat }) => {
    expect(await missingIn(expr)).toEqual([]);
    const exposed = await labelsOfMetrics();
    const { metrics } = askedIn(expr);
    const labels = new Set(metrics.flatMap(({ name }) => [...(exposed.get(name) ?? ["name", "outcome"])]));
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect([...labels]).toContain(label);
  });

  it("asks in its variables and annotations for what there is, too", async () => {
    for (const expr of annotations) expect(await missingIn(expr)).toEqual([]);
    const exposed = await labelsOfMetrics();
    for (const { definition } of dashboard.templating.list) {
      if (definition === undefined) continue;
      const [, name = "", label = ""] = /^label_values\((\w+)[^,]*(?:,[^,]*)*, (\w+)\)$/.exec(definition) ?? [];
      expect([definition, exposed.get(name)?.has(label)]).toEqual([definition, true]);
    }
  });

  it("uses each variable, and no other", () => {
    const text = queries.map(({ expr }) => expr).join("\n");
    const used = new Set([...text.matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(["instance", "project", "service"]);
  });

  it("shows every metric but those of single looks", async () => {
    const shown = new Set(queries.flatMap(({ expr }) => askedIn(expr).metrics.map(({ name }) => name)));
    const plain = [...(await labelsOfMetrics()).keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ""));
    const missing = [...new Set(plain)].filter((name) => ![...shown].some((one) => one.startsWith(name)));
    expect(missing).toEqual(["fairlead_service_replicas_updated", "fairlead_tls_certificate_refused"]);
  });

  it.skipIf(!hasPromtool())("is read by Prometheus' own parser", () => {
    const all = [...queries.map(({ expr }) => expr), ...annotations];
    parse(all.map((expr) => expr.replaceAll("$__rate_interval", "5m")));
    expect(() => {
      parse(["sum by (job (up)"]);
    }).toThrow();
  });
});

test.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
  "the alert %s asks for metrics and labels that there are",
  async (_alert, expr) => {
    expect(await missingIn(expr)).toEqual([]);
  },
);

test("a query for what there is not is found", async () => {
  expect(await missingIn('sum by (job, nobody) (rate(fairlead_hooks_total{kind="x"}[5m])) / fairlead_nothing')).toEqual(
    [...["fairlead_hooks_total{kind}", "fairlead_nothing", "label nobody"]],
  );
  expect(await missingIn("1 + 1")).toEqual(["no metric at all"]);
});
