import type { Clock } from "../../ports/clock.js";

/** No run judges by a look that is older than this. */
const longestLookMs = 3_600_000;

type Running = { readonly state: "running" };

/** What goes on beside the runs, by name, as somebody has to take it who saw the host at some moment. */
export class UnderWay<State extends { readonly state: string }> {
  readonly #states = new Map<string, State | Running>();
  /** When what is over ended, by our monotonic clock. */
  readonly #ended = new Map<string, number>();

  constructor(private readonly clock: Pick<Clock, "monotonic">) {}

  /** Answers whether it was not under way before. */
  begin(name: string): boolean {
    if (this.#states.get(name)?.state === "running") return false;
    this.#ended.delete(name);
    this.#states.set(name, { state: "running" });
    return true;
  }

  /** What came of it stands where everybody looks: on the host, or in the journal. */
  end(name: string): void {
    const now = this.clock.monotonic();
    this.#states.delete(name);
    for (const [other, at] of this.#ended) if (now - at > longestLookMs) this.#ended.delete(other);
    this.#ended.set(name, now);
  }

  fail(name: string, state: State): void {
    this.#states.set(name, state);
  }

  forgetFailure(name: string): void {
    if (this.#states.get(name)?.state === "failed") this.#states.delete(name);
  }

  /**
   * For a look at the host that was begun then: what has ended since is not in it yet, and still counts as running. At its
   * end whoever waits is woken and looks anew.
   */
  asOf(lookedAt: number | undefined): ReadonlyMap<string, State | Running> {
    const later = lookedAt === undefined ? [] : [...this.#ended].filter(([, at]) => at > lookedAt);
    if (later.length === 0) return this.#states;
    const unseen = later.map(([name]) => [name, { state: "running" }] as const);
    return new Map([...unseen, ...this.#states]);
  }
}
