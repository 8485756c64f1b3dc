import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon } from "../engine/daemon.js";
import { alertmanagerPackages, ensurePackages } from "../host/packages.js";
import { freePort } from "../network/ports.js";
import { patienceMs } from "../host/patience.js";

export interface Alertmanager {
  readonly url: string;
  stop(): Promise<void>;
}

/** Debian's Alertmanager on a loopback port, which tells `receiver` of what fires and of what has resolved, at once. */
export async function startAlertmanager(receiver: string): Promise<Alertmanager> {
  await ensurePackages(alertmanagerPackages);
  const directory = await mkdtemp(join(tmpdir(), "fairlead-alertmanager-"));
  const config = `${directory}/alertmanager.json`;
  const route = { receiver: "test", group_by: ["..."], group_wait: "0s", group_interval: "1s", repeat_interval: "1h" };
  const webhook = { url: receiver, send_resolved: true };
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ route, receivers: [{ name: "test", webhook_configs: [webhook] }] }));
  const address = `127.0.0.1:${await freePort()}`;
  const daemon = await startDaemon({
    command: "prometheus-alertmanager",
    args: [
      ...[`--config.file=${config}`, `--storage.path=${directory}/data`],
      ...[`--web.listen-address=${address}`, "--cluster.listen-address="],
    ],
    logFile: `${directory}/log`,
  });
  const stop = async () => {
    await daemon.end("SIGTERM");
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const ready = async () =>
      (await fetch(`http://${address}/-/ready`).catch(() => undefined))?.ok === true ? true : undefined;
    await daemon.until(ready, patienceMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${address}`, stop };
}
