/*
 * What goes on beside the runs lives here. A run begins it and does not wait for it.
 */

import PQueue from "p-queue";
import { asFairleadError } from "../../../errors.js";
import type { FairleadError } from "../../../errors.js";
import type { PullState } from "../../../plan/model/view.js";
import { reasonOf } from "../../desired/reasons.js";
import type { Clock } from "../../ports/clock.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { untracedStep } from "../../ports/tracing.js";
import type { EndOfStep, Flaw } from "../../ports/tracing.js";
import { UnderWay } from "./under-way.js";

export interface PullsOptions {
  readonly pull: (reference: string, signal: AbortSignal, platform?: string) => Promise<void>;
  /** Pulls under way at once on this host. */
  readonly concurrency: number;
  /** A pull ended, well or not: those who wait for it look again. */
  readonly onEnd: (reference: string, error: FairleadError | undefined) => void;
  readonly clock: Pick<Clock, "monotonic">;
  readonly telemetry: Pick<Telemetry, "stepDone">;
}

/**
 * Pulls run beside the reconcile loop: a slow one must not keep a service from being repaired or rolled back. Their
 * state is observed like the host's.
 */
export class Pulls {
  readonly #queue: PQueue;
  readonly #underWay: UnderWay<PullState>;
  readonly #abort = new AbortController();

  constructor(private readonly options: PullsOptions) {
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#underWay = new UnderWay(options.clock);
  }

  /** By reference, for a look at the host that was begun then by our monotonic clock. */
  asOf(lookedAt: number | undefined): ReadonlyMap<string, PullState> {
    return this.#underWay.asOf(lookedAt);
  }

  /** Begins a pull unless it is under way. Without a platform, it is the host's own. */
  begin(reference: string, platform?: string, trace: () => EndOfStep = untracedStep): void {
    if (this.#abort.signal.aborted || !this.#underWay.begin(reference)) return;
    const end = trace();
    void this.#queue.add(() => this.#pull(reference, platform, end));
  }

  /** A failure has been reported: the next look may try again. */
  forgetFailure(reference: string): void {
    this.#underWay.forgetFailure(reference);
  }

  /** Ends the pulls under way; layers that have arrived stay on the host. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  async #pull(reference: string, platform: string | undefined, end: EndOfStep): Promise<void> {
    const { clock, telemetry } = this.options;
    const began = clock.monotonic();
    let error: FairleadError | undefined;
    let flaw: Flaw | undefined;
    try {
      await this.options.pull(reference, this.#abort.signal, platform);
      this.#underWay.end(reference);
    } catch (thrown) {
      error = asFairleadError(thrown);
      const failure = { reason: reasonOf(error, "pull-image"), message: error.message };
      this.#underWay.fail(reference, { state: "failed", ...failure });
      flaw = { kind: "error", ...failure };
    }
    end(flaw);
    telemetry.stepDone("pull-image", (clock.monotonic() - began) / 1_000);
    this.options.onEnd(reference, error);
  }
}
