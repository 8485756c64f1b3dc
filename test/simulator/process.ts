import type { Clock } from "../../src/control/ports/clock.js";
import type { Engine } from "../../src/control/ports/engine.js";
import type { EngineEvent } from "../../src/control/ports/events.js";

/** A controller's process on a simulated host: its own clocks, and its own line to the engine. It can be frozen, as by SIGSTOP. */
export class SimulatedProcess {
  /** The wall clock is so much ahead of the world's. */
  aheadMs = 0;
  readonly engine: Engine;
  readonly clock: Clock;
  #frozen = false;
  readonly #timers: (() => void)[] = [];
  readonly #arrivals: (() => void)[] = [];

  constructor(
    engine: Engine,
    private readonly world: Clock,
  ) {
    this.engine = this.#lineTo(engine);
    this.clock = {
      now: () => world.now() + this.aheadMs,
      monotonic: () => world.monotonic(),
      after: (ms, callback) => this.#after(ms, callback),
    };
  }

  /** Nothing of it runs for so long. Then what was due comes first and what has arrived after that, as in Node's loop. */
  freeze(ms: number): void {
    this.#frozen = true;
    this.world.after(ms, () => {
      this.#frozen = false;
      for (const run of this.#timers.splice(0)) run();
      for (const run of this.#arrivals.splice(0)) run();
    });
  }

  #after(ms: number, callback: () => void): () => void {
    const timer = { isOff: false };
    const run = () => {
      if (!timer.isOff) callback();
    };
    const cancel = this.world.after(ms, () => {
      if (this.#frozen) this.#timers.push(run);
      else run();
    });
    return () => {
      timer.isOff = true;
      cancel();
    };
  }

  #lineTo(engine: Engine): Engine {
    const watch: Engine["watch"] = (onEvent, signal) =>
      engine.watch((event: EngineEvent) => {
        this.#arrive(() => {
          onEvent(event);
        });
      }, signal);
    return new Proxy(engine, {
      get: (target, name, receiver) => {
        if (name === "watch") return watch;
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(member, target, args);
          return answer instanceof Promise ? this.#answered(answer) : answer;
        };
      },
    });
  }

  async #answered(answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } finally {
      if (this.#frozen) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    }
  }

  #arrive(work: () => void): void {
    if (this.#frozen) this.#arrivals.push(work);
    else work();
  }
}
