import { setTimeout as sleep } from "node:timers/promises";
import { FairleadError } from "../../errors.js";
import { refused } from "../client/refusal.js";
import type { Host } from "./host.js";

/** An event comes within this time of what it tells of, unless it does not come at all. */
const latestMs = 1_000;
const longestMs = 16_000;
/** So many beats in a row, and the engine is quick again. */
const calmBeats = 30;

/**
 * How long is waited for an event. A new stream has everything looked at anew, which makes a busy engine slower still: where
 * one stream had to be given up, the next one has twice the time.
 */
export class Patience {
  #ms = latestMs;
  #beats = 0;

  get ms(): number {
    return this.#ms;
  }

  beat(): void {
    this.#beats += 1;
    if (this.#beats >= calmBeats) this.#ms = latestMs;
  }

  silent(): void {
    this.#beats = 0;
    this.#ms = Math.min(this.#ms * 2, longestMs);
  }
}

export type Pulse =
  | "beat"
  | { readonly kind: "silent" }
  | { readonly kind: "lost"; readonly message: string; readonly remedy?: string | undefined };

export interface Listening {
  readonly host: Host;
  /** How often the stream is compared with a list. */
  readonly beatMs: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/**
 * Compares an open event stream with what lists show, every so often, until the signal aborts or the stream turns out to
 * be of no use: it may be open for ever and say nothing, and an engine that has frozen does not hang up.
 */
export async function listenToPulse(
  { host, beatMs, patience, signal }: Listening,
  onPulse: (pulse: Pulse) => void,
): Promise<void> {
  while (await wait(beatMs, signal)) {
    const pulse = await feel(host, patience.ms, signal);
    if (isAborted(signal)) return;
    if (pulse === "beat") patience.beat();
    else if (pulse.kind === "silent") patience.silent();
    onPulse(pulse);
  }
}

async function feel(host: Host, patienceMs: number, signal: AbortSignal): Promise<Pulse> {
  try {
    await host.listen();
  } catch (error) {
    const known = refused(error);
    // Whatever else it answers, it answers.
    if (known instanceof FairleadError && known.code === "EngineUnreachable")
      return { kind: "lost", message: known.message, remedy: known.remedy };
    return "beat";
  }
  if (host.awaitsEvents()) await wait(patienceMs, signal);
  return host.awaitsEvents(patienceMs) ? { kind: "silent" } : "beat";
}

/** False: aborted. */
async function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
