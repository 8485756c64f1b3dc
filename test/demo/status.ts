import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { shorten } from "../../src/plan/steps/render.js";
import { readMetrics } from "./observe.js";
import type { Scene } from "./scene.js";

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** What `fairlead status` says. */
export async function showStatus({ screen, fairlead, narrator }: Scene): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, "status", "--admin", fairlead.adminUrl]);
  narrator.catchUp();
  screen.say("$ fairlead status");
  screen.quote(stdout.trimEnd().split("\n"));
}

/** The host as the engine lists it: the names tell the roles. */
export async function showContainers({ screen, stage }: Scene): Promise<void> {
  const filters = { label: [`com.docker.compose.project=${stage.project}`] };
  const containers = await stage.docker.listContainers({ all: true, filters });
  const rows = containers.map(({ Names, Status }) => [Names[0]?.slice(1) ?? "", Status] as const);
  const width = Math.max(...rows.map(([name]) => name.length));
  screen.say("$ docker ps --all");
  screen.quote(rows.sort().map(([name, status]) => `${name.padEnd(width)}  ${status}`));
}

const told = [
  "fairlead_rollouts_total{",
  "fairlead_push_to_healthy_seconds",
  "fairlead_hooks_total{",
  "fairlead_registry_requests_total{",
  "fairlead_reconcile_total{",
  "fairlead_service_info{",
];

export async function showMetrics({ screen, fairlead }: Scene): Promise<void> {
  screen.say(`$ curl ${fairlead.adminUrl}/metrics   (an excerpt)`);
  screen.quote((await readMetrics(fairlead.adminUrl, told)).map(shorten));
}
