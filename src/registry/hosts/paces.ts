import type { Clock } from "../../control/ports/clock.js";
import { FairleadError } from "../../errors.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import { formatTime } from "../../tools/time.js";
import { longestWait } from "../faults/failure.js";
import { place, type Subject } from "../faults/failure.js";
import type { Budget, Listener, RegistryTelemetry } from "../faults/reporter.js";
import { RegistryBudget } from "./budget.js";

/** One that is to be asked in its turn. */
export interface Turn {
  readonly subject: Subject;
  readonly method: "HEAD" | "GET";
  /** Equal questions that both still wait are one. */
  readonly question: string;
}

interface Pace {
  readonly budget: RegistryBudget;
  readonly queue: Mutex;
  /** On the monotonic clock: when the last one that had to wait went out. */
  lastAt: number;
  /** When it last said what it grants. */
  saidAt: number;
  underWay: number;
  /** Of its waiting in this window. */
  isTold: boolean;
}

/** Meanwhile others may have spent, or a window have begun. */
const longestSleepMs = 60_000;

/**
 * Spreads what is only looked at in its turn over a registry's window, where what that registry still grants would not
 * last. Whoever somebody waits for is asked for at once, and before.
 */
export class Paces implements Listener {
  private readonly paces = new Map<string, Pace>();
  private readonly waiting = new Map<string, Promise<unknown>>();
  private readonly ends = new Set<() => void>();
  private isClosed = false;

  /** `isHurried`: somebody waits for whatever is asked. */
  constructor(
    private readonly telemetry: Pick<RegistryTelemetry, "paced">,
    private readonly clock: Pick<Clock, "now" | "monotonic" | "after">,
    private readonly isHurried: boolean,
  ) {}

  answered(registry: string, method: string, said: Budget): void {
    const pace = this.paceOf(registry);
    pace.saidAt = this.clock.monotonic();
    if (!pace.budget.answered(method, said, pace.saidAt)) return;
    if (pace.isTold) this.telemetry.paced?.(registry, 0, undefined);
    pace.isTold = false;
  }

  run<T>(turn: Turn, task: () => Promise<T>): Promise<T> {
    const { subject, method, question } = turn;
    const pace = this.paceOf(subject.endpoint.account);
    if (subject.urgent || this.isHurried) return task();
    const known = this.waiting.get(question) as Promise<T> | undefined;
    if (known !== undefined) return known;
    if (this.gapOf(pace, method) === 0) return this.send(pace, task);
    const answer = pace.queue
      .run(() => this.await(pace, turn))
      .then(() => {
        this.waiting.delete(question);
        return this.send(pace, task);
      });
    this.waiting.set(question, answer);
    answer.catch(() => this.waiting.delete(question));
    return answer;
  }

  /** Nobody waits any more. */
  close(): void {
    this.isClosed = true;
    for (const end of [...this.ends]) end();
  }

  /** Throws RateLimited where nothing is left to wait for. */
  private async await(pace: Pace, { subject, method }: Turn): Promise<void> {
    while (!this.isClosed) {
      this.assertLeft(pace, method, subject);
      const gap = this.gapOf(pace, method);
      const now = this.clock.monotonic();
      const waitMs = pace.budget.isSpent(pace.underWay) ? gap : pace.lastAt + gap - now;
      if (gap === 0 || waitMs <= 0) break;
      this.tell(pace, gap, subject);
      await this.sleep(Math.min(waitMs, longestSleepMs));
    }
    pace.lastAt = this.clock.monotonic();
  }

  private async send<T>(pace: Pace, task: () => Promise<T>): Promise<T> {
    pace.underWay += 1;
    try {
      return await task();
    } finally {
      pace.underWay -= 1;
    }
  }

  /** What it has last said counts for an hour: its window may be one that moves. */
  private assertLeft({ budget, saidAt }: Pace, method: string, { endpoint }: Subject): void {
    const now = this.clock.monotonic();
    if (budget.remaining !== 0 || budget.gapMs(method, 0, now) === 0) return;
    const retryAfterMs = Math.min(budget.leftMs(now), saidAt + longestWait.limited - now);
    if (retryAfterMs <= 0) return;
    throw new FairleadError("RateLimited", `${place(endpoint)} grants no more requests for now, by its own count`, {
      remedy: `\`docker login ${endpoint.account}\` raises the limit of most registries, a mirror under \`registries\` avoids it.`,
      retryAfterMs,
    });
  }

  private tell(pace: Pace, gapMs: number, { endpoint }: Subject): void {
    const { budget } = pace;
    const now = this.clock.monotonic();
    const ends = formatTime(this.clock.now() + budget.leftMs(now));
    const reason = `it grants ${budget.remaining ?? 0} more requests until ${ends}, which would not last: what nobody waits for is asked once in ${Math.ceil(gapMs / 1000)} s`;
    this.telemetry.paced?.(endpoint.account, gapMs, pace.isTold ? undefined : reason);
    pace.isTold = true;
  }

  private sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.ends.delete(end);
        resolve();
      };
      const cancel = this.clock.after(ms, end);
      this.ends.add(end);
    });
  }

  private gapOf({ budget, underWay }: Pace, method: string): number {
    return budget.gapMs(method, underWay, this.clock.monotonic());
  }

  private paceOf(registry: string): Pace {
    const known = this.paces.get(registry);
    if (known !== undefined) return known;
    const pace = { budget: new RegistryBudget(), queue: new Mutex(), ...start };
    this.paces.set(registry, pace);
    return pace;
  }
}

const start = { lastAt: -Infinity, saidAt: 0, underWay: 0, isTold: false };
