import { setTimeout as sleep } from "node:timers/promises";
import { asFairleadError } from "../../../errors.js";
import { shorten } from "../../../plan/steps/render.js";
import { fetchServices, type Service } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { polled } from "../../shared/address.js";
import { chosenFrom } from "../../shared/chosen.js";
import type { Wiring } from "../../shared/wiring.js";
import { status } from "./status.js";

const pollMs = 1_000;

/**
 * Goes on with the status until it is ended from outside, which is well. On a terminal it is drawn anew; elsewhere each change
 * of a service is a line. A controller that is away is waited for; one that was never there, or a service that nobody knows, is not.
 */
export async function watch(wiring: Wiring, admin: Admin, name: string | undefined): Promise<0> {
  const end = new AbortController();
  const stop = () => {
    end.abort();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const told = new Map<string, string>();
    chosenFrom(await fetchServices(admin), name === undefined ? [] : [name]);
    const asked = polled(admin);
    let wasAway = false;
    while (!end.signal.aborted) {
      const away = await look(wiring, asked, name, told);
      if (away !== undefined && !wasAway) wiring.complain(`fairlead: ${away}; it is waited for`);
      wasAway = away !== undefined;
      await sleep(pollMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
    return 0;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** Answers why there is nothing to show. */
async function look(
  wiring: Wiring,
  admin: Admin,
  name: string | undefined,
  told: Map<string, string>,
): Promise<string | undefined> {
  try {
    if (wiring.terminal) {
      const lines: string[] = [];
      await status({ ...wiring, print: (text) => lines.push(text) }, admin, name, "table");
      wiring.redraw(lines.join("\n"));
    } else {
      const services = await fetchServices(admin);
      for (const service of name === undefined ? services : chosenFrom(services, [name])) tell(wiring, service, told);
    }
    return undefined;
  } catch (thrown) {
    return asFairleadError(thrown).message;
  }
}

function tell(wiring: Wiring, service: Service, told: Map<string, string>): void {
  const { project, service: own, sync, health, replicas, conditions } = service;
  const ready = conditions.find(({ type }) => type === "Ready");
  const key = `${project}/${own}`;
  const share = `${replicas.ready}/${replicas.desired}`;
  const line = `${key}  ${sync}  ${health}  ${share}  ${ready?.reason ?? "-"}: ${shorten(ready?.message ?? "")}`;
  if (told.get(key) === line) return;
  told.set(key, line);
  wiring.print(`${new Date().toISOString()}  ${line}`);
}
