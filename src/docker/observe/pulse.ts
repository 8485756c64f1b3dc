import { setTimeout as sleep } from "node:timers/promises";
import { FairleadError } from "../../errors.js";
import { refused } from "../client/refusal.js";
import type { Host } from "./host.js";

/** An event comes within this time of what it tells of, unless it does not come at all. */
const latestMs = 1_000;

export type Pulse =
  | "beat"
  | { readonly kind: "silent" }
  | { readonly kind: "lost"; readonly message: string; readonly remedy?: string | undefined };

/**
 * Compares an open event stream with what lists show, every so often, until the signal aborts or the stream turns out to
 * be of no use: it may be open for ever and say nothing, and an engine that has frozen does not hang up.
 */
export async function listenToPulse(
  host: Host,
  everyMs: number,
  signal: AbortSignal,
  onPulse: (pulse: Pulse) => void,
): Promise<void> {
  while (await wait(everyMs, signal)) {
    const pulse = await feel(host, signal);
    if (isAborted(signal)) return;
    onPulse(pulse);
  }
}

async function feel(host: Host, signal: AbortSignal): Promise<Pulse> {
  try {
    await host.listen();
  } catch (error) {
    const known = refused(error);
    // Whatever else it answers, it answers.
    if (known instanceof FairleadError && known.code === "EngineUnreachable")
      return { kind: "lost", message: known.message, remedy: known.remedy };
    return "beat";
  }
  if (host.awaitsEvents()) await wait(latestMs, signal);
  return host.awaitsEvents(latestMs) ? { kind: "silent" } : "beat";
}

/** False: aborted. */
async function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
