import type { History } from "../../control/surface/surface.js";
import { shorten } from "../../plan/steps/render.js";
import { printable } from "../../tools/printable.js";
import type { Wiring } from "./wiring.js";

/** Why the container that failed last did, and its last lines. */
export function printFailure(wiring: Wiring, { failures }: Pick<History, "failures">): void {
  const [failure] = failures;
  if (failure === undefined) return;
  const { container, digest, at, reason, message, logs } = failure;
  wiring.print(shorten(`${container} (${digest}) failed at ${at}: ${reason}: ${message}; its last lines:`));
  for (const line of logs) wiring.print(`  ${printable(line)}`);
}
