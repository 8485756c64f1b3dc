import { setTimeout as sleep } from "node:timers/promises";
import type { BuildOutput } from "../../control/ports/builds.js";
import type { History } from "../../control/surface/surface.js";
import { FairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";
import { ask, fetchServices, findService, servicePath } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { printFailure } from "../shared/failure.js";
import { harmless } from "../shared/harmless.js";
import { streamText } from "../shared/stream.js";
import type { Wiring } from "../shared/wiring.js";

export interface LogsFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
  /** False: `--no-prefix`. */
  readonly prefix?: boolean;
  readonly build?: boolean;
  readonly failed?: boolean;
  readonly json?: boolean;
}

/** What the containers of services say, or said: of those that are named, or of all. */
export async function logs(wiring: Wiring, admin: Admin, names: readonly string[], flags: LogsFlags): Promise<0 | 1> {
  if (flags.build === true) return buildLog(wiring, admin, names, flags);
  if (flags.failed === true) return failureLog(wiring, admin, names, flags);
  const services = await chosen(admin, names, []);
  const query = new URLSearchParams();
  for (const { project, service } of services) query.append("service", `${project}/${service}`);
  const { follow = false, timestamps = false, prefix = true, tail, since, json = false } = flags;
  for (const [key, value] of Object.entries({ tail, since })) if (value !== undefined) query.set(key, value);
  for (const [key, value] of Object.entries({ follow, timestamps, "no-prefix": !prefix })) {
    if (value) query.set(key, "true");
  }
  const lines = streamText(admin, `/api/v1/logs?${query.toString()}`, json ? "application/x-ndjson" : "text/plain");
  const isWanted = await wiring.pour(wiring.terminal ? harmless(lines) : lines);
  if (!follow || !isWanted) return 0;
  wiring.complain("fairlead: the controller has stopped");
  return 1;
}

interface Named {
  readonly project: string;
  readonly service: string;
}

async function chosen(admin: Admin, names: readonly string[], all: readonly Named[]): Promise<readonly Named[]> {
  return names.length === 0 ? all : Promise.all(names.map((name) => findService(admin, name)));
}

/** What is kept of the container that failed last. */
async function failureLog(wiring: Wiring, admin: Admin, names: readonly string[], { json }: LogsFlags): Promise<0 | 1> {
  const services = await chosen(admin, names, names.length === 0 ? await fetchServices(admin) : []);
  const histories = await Promise.all(
    services.map(async ({ project, service }) => {
      const history = (await ask(admin, "GET", servicePath({ project, service }, "history"))) as History;
      return { project, service, history };
    }),
  );
  if (json === true) {
    const failed = histories.map(({ history, ...named }) => ({ ...named, failure: history.failures[0] }));
    wiring.print(JSON.stringify({ services: failed }, undefined, 2));
    return 0;
  }
  for (const { history } of histories) printFailure(wiring, history);
  if (histories.every(({ history }) => history.failures.length === 0)) {
    wiring.complain("fairlead: nothing is kept of a container that failed");
  }
  return 0;
}

const pollMs = 500;

/** The last build's lines; followed, until a build that runs has ended. Exit 1: it failed. */
async function buildLog(wiring: Wiring, admin: Admin, names: readonly string[], flags: LogsFlags): Promise<0 | 1> {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    const remedy = "write `fairlead logs --build SERVICE`";
    throw new FairleadError("ConfigInvalid", "--build: the lines of a build are shown of one service", { remedy });
  }
  if (flags.json === true && flags.follow === true) {
    const remedy = "leave out --json or --follow";
    throw new FairleadError("ConfigInvalid", "--json: a build that is followed is shown in lines of text", { remedy });
  }
  const service = await findService(admin, name);
  const path = servicePath(service, "build");
  let shown = { beganAt: "", count: 0 };
  for (;;) {
    const output = (await ask(admin, "GET", path)) as BuildOutput;
    const { lines, dropped, beganAt, state } = output;
    if (flags.json === true) {
      wiring.print(JSON.stringify(output, undefined, 2));
      return 0;
    }
    const from = shown.beganAt === beganAt ? shown.count : 0;
    if (dropped > from) wiring.complain(`fairlead: ${dropped - from} lines are not kept`);
    for (const line of lines.slice(Math.max(0, from - dropped))) wiring.print(printable(line));
    shown = { beganAt, count: dropped + lines.length };
    if (flags.follow !== true) return 0;
    if (state !== "running") return state === "failed" ? 1 : 0;
    await sleep(pollMs);
  }
}
