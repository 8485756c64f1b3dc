import { shorten } from "../../plan/steps/render.js";
import type { Shape } from "../client/api.js";
import { printable } from "../../tools/printable.js";
import type { Wiring } from "./wiring.js";

/** Why the container that failed last did, and its last lines. */
export function printFailure(wiring: Wiring, { failures }: Pick<Shape<"History">, "failures">): void {
  const [failure] = failures;
  if (failure === undefined) return;
  const { container, digest, at, reason, message, logs } = failure;
  wiring.print(shorten(`${container} (${digest}) failed at ${at}: ${reason}: ${message}; its last lines:`));
  for (const line of logs) wiring.print(`  ${printable(line)}`);
}
