import type { ServiceSpec } from "../../compose/model/service.js";
import { endedFromOutside, formatMs, said } from "../judge/verdict.js";
import type { Desired, Memory } from "../model/desired.js";
import { observedMs } from "../model/host/elapsed.js";
import type { Sight } from "../model/host/elapsed.js";
import { runOf } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { lastReload } from "../model/reload-memory.js";
import type { Reload } from "../model/reload-memory.js";
import type { StepOf } from "../model/step.js";
import { inEverySlot } from "../model/view.js";
import type { View } from "../model/view.js";

type End = { readonly failure?: string };

/** What is to be written down of those that were told of changed files. Undefined: it is all known, or not yet to be seen. */
export function planReloadEnds({ spec }: Pick<Desired, "spec">, view: View, memory: Memory): Decision | undefined {
  const intents = inEverySlot(view.containers, "active").flatMap((active): StepOf<"note-reload">[] => {
    const reload = lastReload(memory.reloads, active);
    const end = reload?.outcome === undefined ? endOf(reload, active, spec.update.monitorMs, view) : undefined;
    if (end === undefined || reload === undefined) return [];
    const { name: container, digest, specHash } = active;
    const because = end.failure ?? `it was told by ${reload.signal}, and nothing was seen since`;
    const back = end.failure === undefined ? [] : ownFiles(spec, reload);
    const takeBack = back.length === 0 ? {} : { takeBack: back };
    return [{ kind: "note-reload", container, digest, specHash, ...end, ...takeBack, because }];
  });
  const [first] = intents;
  if (first === undefined) return undefined;
  return { intents, outcome: { kind: "continue", reason: "Reloading", because: first.because } };
}

/** What we have written ourselves, and know what was there before. Where others are told all the same it stays. */
function ownFiles({ reload, update }: ServiceSpec, { files }: Reload): Reload["files"] {
  if (update.failureAction === "continue") return [];
  return files.filter(({ path }) => reload?.tended?.some((one) => one.path === path));
}

/** Undefined: it is still watched. Of another run only the engine's own restart tells that the one before has ended badly. */
function endOf(
  reload: Reload | undefined,
  active: ObservedContainer,
  monitorMs: number,
  view: Sight & Pick<View, "engineOutage">,
): End | undefined {
  if (reload === undefined) return undefined;
  const { at, signal, startedAt } = reload;
  const failed = (what: string, when: number): End => ({ failure: `${what} ${formatMs(when - at)} after ${signal}` });
  const isSoon = (when: number | undefined): when is number => when !== undefined && when - at <= monitorMs;
  if (runOf(active) !== startedAt) {
    const isRestarted = active.restartCount > 0 && isSoon(active.startedAt);
    return isRestarted ? failed("it had ended, and was started again,", active.startedAt) : {};
  }
  const isOver = observedMs(at, view) >= monitorMs;
  if (active.state === "running" || active.state === "paused") {
    if (active.health === "unhealthy" && (reload.wasSick !== true || isOver)) return sick(reload, active, view.now);
    return isOver ? {} : undefined;
  }
  const isOwnEnd = isSoon(active.finishedAt) && !endedFromOutside(active, view);
  return isOwnEnd ? failed(`it ended with exit code ${active.exitCode ?? "?"}`, active.finishedAt) : {};
}

function sick({ at, signal, wasSick }: Reload, active: ObservedContainer, now: number): End {
  const what = wasSick === true ? "its health check still fails" : "its health check fails";
  return { failure: `${what} ${formatMs(now - at)} after ${signal}${said(active)}` };
}
