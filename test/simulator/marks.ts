import type { Marks } from "../../src/control/ports/marks.js";
import { FairleadError } from "../../src/errors.js";
import type { ManualClock } from "./clock.js";

/** The marks of one simulated engine; several controllers may share it. */
export class SimulatedMarks implements Marks {
  readonly texts = new Map<string, string>();
  readonly #clock: ManualClock | undefined;
  readonly #delayMs: () => number;

  /** With a clock, a call takes `delayMs`, and what it does is done in the middle of that. */
  constructor(clock?: ManualClock, delayMs: () => number = () => 0) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  list(prefix: string): Promise<ReadonlyMap<string, string | undefined>> {
    return this.#call(() => new Map([...this.texts].filter(([name]) => name.startsWith(prefix))));
  }

  put(name: string, text: string): Promise<string> {
    return this.#call(() => {
      const standing = this.texts.get(name) ?? text;
      this.texts.set(name, standing);
      return standing;
    });
  }

  async remove(name: string): Promise<void> {
    await this.#call(() => this.texts.delete(name));
  }

  /** As `docker volume prune -a` does. */
  prune(): void {
    this.texts.clear();
  }

  /** Every call fails until it is called again. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
  }

  #isCut = false;

  async #call<T>(act: () => T): Promise<T> {
    await this.#pass();
    if (this.#isCut) throw new FairleadError("EngineUnreachable", "the engine cannot be reached");
    const answer = act();
    await this.#pass();
    return answer;
  }

  #pass(): Promise<void> {
    const half = this.#delayMs() / 2;
    if (this.#clock === undefined || half === 0) return Promise.resolve();
    const clock = this.#clock;
    return new Promise((resolve) => void clock.after(half, resolve));
  }
}
