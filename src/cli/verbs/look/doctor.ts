import pc from "picocolors";
import type { Config } from "../../../config/config.js";
import type { Finding } from "../../../doctor/check.js";
import { printable } from "../../../tools/printable.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** What is in order on this host and what not, each with what to do about it. Exit 1: something is not. */
export async function doctor(wiring: Wiring, config: Config, admin: Admin, json: boolean): Promise<0 | 1> {
  const checks = await wiring.examine(config, admin);
  const failed = checks.filter(({ ok }) => !ok).length;
  if (json) {
    wiring.print(JSON.stringify({ checks }, undefined, 2));
    return failed === 0 ? 0 : 1;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const check of checks) show(wiring, check, width);
  const rest = failed === 1 ? "1 check fails" : `${failed} checks fail`;
  wiring.print(failed === 0 ? "all is in order" : `${rest} of ${checks.length}`);
  return failed === 0 ? 0 : 1;
}

function show(wiring: Wiring, { name, ok, message, remedy }: Finding, width: number): void {
  const verdict = ok ? "ok  " : "FAIL";
  const colour = ok ? pc.green : pc.red;
  wiring.print(
    `${wiring.terminal ? colour(verdict) : verdict}  ${printable(name).padEnd(width)}  ${printable(message)}`,
  );
  if (remedy !== undefined) wiring.print(`${" ".repeat(width + 8)}-> ${printable(remedy)}`);
}
