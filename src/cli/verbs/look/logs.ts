import { setTimeout as sleep } from "node:timers/promises";
import { FairleadError } from "../../../errors.js";
import { printable } from "../../../tools/printable.js";
import { addressOf } from "../../client/api.js";
import { ask, fetchServices, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { polled } from "../../shared/address.js";
import { fetchChosen } from "../../shared/chosen.js";
import { printFailure } from "../../shared/failure.js";
import { harmless } from "../../shared/harmless.js";
import { streamText } from "../../shared/stream.js";
import type { Wiring } from "../../shared/wiring.js";

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
  const { follow = false, timestamps = false, prefix = true, tail, since, json = false } = flags;
  const service = services.map((one) => `${one.project}/${one.service}`);
  const on = (is: boolean) => (is ? true : undefined);
  const manner = { follow: on(follow), timestamps: on(timestamps), "no-prefix": on(!prefix) };
  const query = { service, tail, since, ...manner };
  const lines = streamText(admin, addressOf("/api/v1/logs", { query }), json ? "application/x-ndjson" : "text/plain");
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
  return names.length === 0 ? all : fetchChosen(admin, names);
}

/** What is kept of the container that failed last. */
async function failureLog(wiring: Wiring, admin: Admin, names: readonly string[], { json }: LogsFlags): Promise<0 | 1> {
  const services = await chosen(admin, names, names.length === 0 ? await fetchServices(admin) : []);
  const histories = await Promise.all(
    services.map(async ({ project, service }) => {
      const path = { project, service };
      return { ...path, history: await ask(admin, "get", "/api/v1/services/{project}/{service}/history", { path }) };
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
  const { project, service } = await findService(admin, name);
  const path = { project, service };
  const asked = polled(admin);
  let shown = { beganAt: "", count: 0 };
  for (;;) {
    const output = await ask(asked, "get", "/api/v1/services/{project}/{service}/build", { path });
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
