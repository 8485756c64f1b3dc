import type { Desired, Memory } from "./desired.js";
import { effect } from "./effect.js";
import type { HostSnapshot } from "./observed.js";
import type { Plan } from "./outcome.js";
import { plan } from "./plan.js";
import { renderStep, shorten } from "./render.js";
import { viewOf } from "./view.js";

export interface Forecast {
  /** Steps and waits in order, one a line. */
  readonly lines: readonly string[];
  readonly changes: boolean;
  readonly end: Plan["outcome"];
}

/** More passes than any rollout needs; a plan that does not settle by then says so. */
const longest = 20;

/** The whole way from here, if every container does well: plans, carried out on paper, until nothing is left to do. */
export function forecast(desired: Desired, host: HostSnapshot, memory: Memory): Forecast {
  const lines: string[] = [];
  let world = host;
  let changes = false;
  for (let pass = 0; ; pass += 1) {
    const { steps, outcome } = plan(desired, viewOf(world, desired.spec, new Map()), memory);
    changes ||= steps.length > 0;
    lines.push(...steps.map((step) => shorten(renderStep(step))));
    for (const step of steps) world = effect(world, step, world.takenAt);
    const pulling = steps.some((step) => step.kind === "pull-image");
    const goesOn =
      outcome.kind === "continue" || pulling || (outcome.kind === "wait" && outcome.reason === "WaitingForHealth");
    if (!goesOn || pass === longest) {
      if (outcome.kind !== "converged") lines.push(shorten(`then: ${outcome.because}`));
      return { lines, changes, end: outcome };
    }
    if (outcome.kind === "wait" && !pulling) {
      lines.push(`wait until it has been well for ${desired.spec.update.monitorMs / 1_000}s`);
      world = recover(world, desired.spec.update.monitorMs);
    }
  }
}

function recover(host: HostSnapshot, monitorMs: number): HostSnapshot {
  const takenAt = host.takenAt + monitorMs;
  const containers = host.containers.map((container) =>
    container.health === "starting"
      ? { ...container, health: "healthy" as const, healthySince: host.takenAt }
      : container,
  );
  return { ...host, takenAt, containers };
}
