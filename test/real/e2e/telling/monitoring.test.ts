import { readFile } from "node:fs/promises";
import { startMonitoring } from "../../../sandbox/servers/prometheus.js";
import { order, test } from "../scene/scene.js";

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] };
}

interface Answer {
  readonly data: { readonly result: readonly unknown[] };
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

const dashboard = new URL("../../../../deploy/grafana/fairlead.json", import.meta.url);

test("a real Prometheus takes rules and dashboard, and on-call is told of what was rolled back", async ({
  scene,
  expect,
  onTestFinished,
}) => {
  const good = await scene.push();
  await scene.write({ web: order("start-first") });
  await scene.start();
  await scene.untilServing(good.digest);
  const monitoring = await startMonitoring(new URL(scene.fairlead.adminUrl).host);
  onTestFinished(() => monitoring.close());
  const count = `query?query=${encodeURIComponent('fairlead_rollouts_total{outcome="rolled-back"}')}`;
  await scene.until("the first scrape", async () => {
    return ((await monitoring.prometheus(count)) as Answer).data.result.length > 0;
  });

  const bad = await scene.push({ version: "bad", behaviour: "exit-at-once" });
  await scene.hook();
  await scene.untilStatus(({ sync, lastRollout }) => sync === "Held" && lastRollout?.to === bad.digest);
  const alert = await scene.until("the alert", async () => {
    return (await monitoring.alerts()).find(({ labels }) => labels["alertname"] === "FairleadRolledBack");
  });
  expect(alert.labels).toMatchObject({ project: scene.project, service: "web", severity: "warning" });
  expect(alert.annotations["summary"]).toBe(`A new version of ${scene.project}/web was rolled back`);

  const { data } = (await monitoring.prometheus("rules")) as Rules;
  const healths = data.groups.flatMap(({ rules }) => rules.map(({ health }) => health));
  expect(new Set(healths)).toEqual(new Set(["ok"]));

  const { panels } = JSON.parse(await readFile(dashboard, "utf8")) as Dashboard;
  const empty: string[] = [];
  for (const { title, targets = [] } of panels) {
    for (const { expr } of targets) {
      const query = expr.replace("$__rate_interval", "5m").replace(/\$\w+/g, ".*");
      const { data } = (await monitoring.prometheus(`query?query=${encodeURIComponent(query)}`)) as Answer;
      if (data.result.length === 0) empty.push(title);
    }
  }
  // What this scene has none of, or none of now.
  expect(empty.filter((title) => title.startsWith("Notifications"))).toHaveLength(2);
  const filled = [
    "Not as declared, and why",
    "What runs",
    "Outcomes",
    "Deliveries",
    "Open files",
    "Firing and pending",
  ];
  for (const title of [...filled, "Steps", "Memory", "Waiting"]) expect(empty).not.toContain(title);
});
