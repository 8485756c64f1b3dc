import type { ServiceSpec } from "../../compose/model/service.js";
import { isPaused } from "../judge/paused.js";
import { widthOf } from "../judge/schedule.js";
import { formatMs, pollMs, said } from "../judge/verdict.js";
import type { SlotMemory } from "../model/desired.js";
import { observedMs } from "../model/host/elapsed.js";
import type { Sight } from "../model/host/elapsed.js";
import { runOf } from "../model/host/observed.js";
import type { ObservedContainer, UnreadFile } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision } from "../model/outcome.js";
import { lastReload, ownReload } from "../model/reload-memory.js";
import type { Reload } from "../model/reload-memory.js";
import { isReady } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { writtenFiles } from "./unread.js";

/**
 * Tells the process of one that runs what has changed in the files that it has mounted, watches it for `monitor`, and says
 * so as long as it is not well since. Undefined: nothing of that is to be done or said.
 */
export function planReload(
  spec: ServiceSpec,
  active: ObservedContainer,
  view: SlotView,
  memory: SlotMemory,
): Decision | undefined {
  const own = ownReload(memory.reloads, active);
  if (own !== undefined && own.outcome === undefined) return watch(own, active, spec, view);
  if (writtenFiles(spec, active).length > 0 && !isPaused(spec, memory)) return tell(spec, active, view, memory);
  if (own?.outcome !== "failed" || active.health !== "unhealthy") return undefined;
  return {
    intents: [],
    outcome: { kind: "converged", flawed: true, reason: "ReloadFailed", because: describeFailure(own, active) },
  };
}

function watch({ at, signal }: Reload, { name }: ObservedContainer, { update }: ServiceSpec, view: Sight): Decision {
  const because = `${name} was told by ${signal} of changed files and must stay well for ${formatMs(update.monitorMs)}`;
  return wait(view.now + Math.max(0, update.monitorMs - observedMs(at, view)), because);
}

function tell(spec: ServiceSpec, active: ObservedContainer, view: SlotView, memory: SlotMemory): Decision | undefined {
  if (spec.reload?.kind !== "signal") return undefined;
  const files = writtenFiles(spec, active);
  const wait = upTo(active, spec.update.monitorMs, view) ?? turn(spec, files, view, memory);
  if (wait !== undefined) return wait;
  const { name: container, health } = active;
  const startedAt = runOf(active);
  const { signal } = spec.reload;
  const because = `${names(files)} ${files.length === 1 ? "has" : "have"} changed`;
  const sick = health === "unhealthy" ? { wasSick: true as const } : {};
  return {
    intents: [{ kind: "signal-container", container, signal, startedAt, files, ...sick, because }],
    outcome: { kind: "continue", reason: "Reloading", because },
  };
}

/** A process that is still starting may not answer signals yet, and end of one. */
function upTo(
  { name, health, startedAt = 0 }: ObservedContainer,
  monitorMs: number,
  view: Sight,
): Decision | undefined {
  const because = `${name} is told of changed files as soon as it is up`;
  if (health === "starting") return wait(view.now + pollMs, because);
  const left = monitorMs - observedMs(startedAt, view);
  return health === "none" && left > 0 ? wait(view.now + left, because) : undefined;
}

function wait(until: number, because: string): Decision {
  return { intents: [], outcome: waitFor("reload", "Reloading", because, until) };
}

/** At most `parallelism` are watched, or do not serve for other reasons; and where one took it badly no further one is told. */
function turn(
  spec: ServiceSpec,
  files: readonly UnreadFile[],
  view: SlotView,
  memory: SlotMemory,
): Decision | undefined {
  const others = view.siblings.filter(({ role, slot }) => role === "active" && slot !== view.slot);
  const bad = spec.update.failureAction === "continue" ? undefined : failedWith(files, others, memory);
  if (bad !== undefined) {
    const because = `${bad.name} was told of the same change, and ${bad.message ?? "failed on it"}: no further replica is`;
    return { intents: [], outcome: { kind: "blocked", reason: "ReloadFailed", because } };
  }
  const isBusy = (one: ObservedContainer) => {
    const own = ownReload(memory.reloads, one);
    if (own !== undefined && own.outcome === undefined) return true;
    return !isReady(spec, one) || view.siblings.some(({ role, slot }) => role === "next" && slot === one.slot);
  };
  const isAhead = (one: ObservedContainer) => one.slot < view.slot && writtenFiles(spec, one).length > 0;
  const width = widthOf(spec.update, others.length + 1);
  if (others.filter((one) => isBusy(one) || isAhead(one)).length < width) return undefined;
  const because = `it is told of changed files in its turn: ${width} at once`;
  return {
    intents: [],
    outcome: waitFor("turn", "WaitingForTurn", because),
  };
}

function failedWith(
  files: readonly UnreadFile[],
  others: readonly ObservedContainer[],
  { reloads, retriedAt = 0 }: SlotMemory,
): Reload | undefined {
  const isSame = (one: Reload) =>
    one.files.some(({ path, content }) => files.some((file) => file.path === path && file.content === content));
  return others
    .flatMap((one) => lastReload(reloads, one) ?? [])
    .find((one) => one.outcome === "failed" && one.at >= retriedAt && isSame(one));
}

function describeFailure({ signal, files }: Reload, active: ObservedContainer): string {
  return `${active.name} is unhealthy since ${signal} told it of ${names(files)}${said(active)}`;
}

function names(files: readonly { readonly path: string }[]): string {
  return files.map(({ path }) => path).join(", ");
}
