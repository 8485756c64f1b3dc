import type { Admin } from "./cli/shared/admin.js";
import type { Config } from "./config/config.js";
import { systemClock } from "./control/time/clock.js";
import type { Finding } from "./doctor/check.js";
import { checks } from "./doctor/checks.js";
import { examine } from "./doctor/examine.js";
import { openInstruments } from "./instruments.js";
import type { Environment } from "./process/environment.js";

/** What is in order on this host, and what not. */
export async function examineHost(config: Config, environment: Environment, admin: Admin): Promise<readonly Finding[]> {
  const instruments = openInstruments(config, environment, admin);
  try {
    return await examine(checks, instruments, systemClock);
  } finally {
    await instruments.close();
  }
}
