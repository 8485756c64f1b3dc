import type { Healthcheck } from "../../compose/model/service.js";
import { given } from "../../tools/present.js";
import { isOlder } from "../client/version.js";

/** Nanoseconds; what is absent is the image's. Engines before API 1.44 know no interval for the start. */
export function healthcheckBody(check: Healthcheck, api: string): object {
  if (check.disabled) return { Test: ["NONE"] };
  const nanoseconds = (ms: number | undefined) => (ms === undefined ? undefined : ms * 1e6);
  return given({
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.startPeriodMs),
    StartInterval: isOlder(api, "1.44") ? undefined : nanoseconds(check.startIntervalMs),
  });
}
