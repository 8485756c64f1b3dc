import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ensurePackages, monitoringPackages } from "../host/packages.js";
import { patienceMs } from "../host/patience.js";
import { freePort } from "../network/ports.js";

export interface Monitoring {
  /** What its API answers at `/api/v1/…`, once that is a success. */
  prometheus(path: string): Promise<unknown>;
  /** The alerts that the Alertmanager has been sent. */
  alerts(): Promise<readonly Alert[]>;
  close(): Promise<void>;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const rules = fileURLToPath(new URL("../../../deploy/prometheus/fairlead.rules.yml", import.meta.url));

/** Debian's Prometheus, which scrapes this address each second with our rules, and its Alertmanager. */
export async function startMonitoring(target: string): Promise<Monitoring> {
  await ensurePackages(monitoringPackages);
  const folder = await mkdtemp(`${tmpdir()}/fairlead-prometheus-`);
  const [web, alerting] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  await cp(rules, `${folder}/fairlead.rules.yml`);
  // JSON is YAML.
  await writeFile(
    `${folder}/prometheus.yml`,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: ["fairlead.rules.yml"],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alerting] }] }] },
      scrape_configs: [{ job_name: "fairlead", static_configs: [{ targets: [target] }] }],
    }),
  );
  await writeFile(
    `${folder}/alertmanager.yml`,
    JSON.stringify({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] }),
  );
  const prometheus = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=${web}`];
  const alertmanager = [
    ...["--config.file=alertmanager.yml", "--storage.path=alerts", "--cluster.listen-address="],
    `--web.listen-address=${alerting}`,
  ];
  const children = [
    spawn("prometheus", prometheus, { cwd: folder, stdio: "ignore" }),
    spawn("prometheus-alertmanager", alertmanager, { cwd: folder, stdio: "ignore" }),
  ];
  return {
    prometheus: (path) => answered(`http://${web}/api/v1/${path}`),
    alerts: async () => (await answered(`http://${alerting}/api/v2/alerts`)) as readonly Alert[],
    close: async () => {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await rm(folder, { recursive: true });
    },
  };
}

/** As soon as it listens. Throws with what it says of a request that means nothing. */
async function answered(url: string): Promise<unknown> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return response.json();
    if (response?.status === 400 || response?.status === 422) throw new Error(`${url}: ${await response.text()}`);
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
    await sleep(100);
  }
}
