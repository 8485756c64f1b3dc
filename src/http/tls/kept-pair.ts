import { setTimeout as sleep } from "node:timers/promises";
import { asFairleadError } from "../../errors.js";
import type { HttpLog } from "../web/log.js";
import { invalidity, type Pair } from "./pair.js";
import type { PairSource, TlsTelemetry } from "./source.js";

export interface KeepOptions {
  readonly log: HttpLog;
  readonly telemetry: TlsTelemetry;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How often is looked whether there is another pair (default 1000). Links, mounts and network drives all show it. */
  readonly pollMs?: number;
}

/** The pair in use. */
export class KeptPair {
  #pair: Pair;
  /** What is wrong with the one that is there in its place, as it was told. */
  #refusal: string | undefined;
  /** How the one in use is not valid, as it was told. */
  #invalidity: string | undefined;

  private constructor(
    private readonly source: PairSource,
    pair: Pair,
    private readonly options: KeepOptions,
  ) {
    this.#pair = pair;
    this.#use(pair);
  }

  /** Throws FairleadError ConfigInvalid where there is none that can be used. One that has expired is used all the same. */
  static async open(source: PairSource, options: KeepOptions): Promise<KeptPair> {
    return new KeptPair(source, await source.first(), options);
  }

  get pair(): Pair {
    return this.#pair;
  }

  /** Whatever takes its place is handed over, until the signal comes. */
  watch(onPair: (pair: Pair) => void, signal: AbortSignal): void {
    const { pollMs = 1000 } = this.options;
    const elapsed = () => sleep(pollMs, true, { signal, ref: false }).catch(() => false);
    const loop = async () => {
      while (await elapsed()) {
        const pair = await this.#look();
        if (pair !== undefined && !signal.aborted) onPair(pair);
      }
    };
    void loop();
  }

  /** The one that is new, if there is. */
  async #look(): Promise<Pair | undefined> {
    this.#tellInvalidity();
    const { log, telemetry } = this.options;
    try {
      const found = await this.source.next(this.#pair);
      if (found === undefined) return undefined;
      this.#refusal = undefined;
      telemetry.certificateRefused(false);
      if (found === this.#pair) return undefined;
      this.#use(found);
      const { fingerprint, notAfter } = found;
      log.info({ fingerprint, until: new Date(notAfter).toISOString() }, "another certificate is in use from now on");
      return found;
    } catch (thrown) {
      const { message, remedy } = asFairleadError(thrown);
      telemetry.certificateRefused(true);
      if (message !== this.#refusal) {
        this.#refusal = message;
        log.warn({ error: message, remedy }, "the new certificate is not taken: the one before stays in use");
      }
      return undefined;
    }
  }

  #use(pair: Pair): void {
    this.#pair = pair;
    this.options.telemetry.certificateEnds(pair.notAfter / 1000);
    this.#tellInvalidity();
  }

  #tellInvalidity(): void {
    const { log, now } = this.options;
    const found = invalidity(this.#pair, now());
    if (found === this.#invalidity) return;
    this.#invalidity = found;
    if (found === undefined) return;
    log.warn(
      { error: found, remedy: "put a valid one in its place: it is taken at once" },
      "senders that check it refuse TLS",
    );
  }
}
