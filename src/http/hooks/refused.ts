import type { HttpLog } from "../web/log.js";
import type { HookType } from "./outcome.js";

const intervalMs = 60_000;

/**
 * Says which deliveries are refused and why, for the answer does not tell: once a minute and sender, with how many since,
 * because strangers can cause as many as they like.
 */
export function refusedDeliveries(log: HttpLog): (type: HookType, why: string) => void {
  const silent = new Map<HookType, { since: number; count: number }>();
  return (type, why) => {
    const now = performance.now();
    const said = silent.get(type);
    if (said !== undefined && now - said.since < intervalMs) {
      said.count += 1;
      return;
    }
    log.info({ hook: type, why, before: said?.count ?? 0 }, "a delivery was refused");
    silent.set(type, { since: now, count: 0 });
  };
}
