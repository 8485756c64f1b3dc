/*
 * What lasts is looked at here, again and again: which problems there are, which are over, and what of that is news.
 */

import type { Events } from "../../control/journal/events.js";
import type { Clock } from "../../control/ports/clock.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { Notice } from "../model/notice.js";
import type { Found, Standing } from "../notices/found.js";
import { problemsIn } from "../notices/found.js";
import type { Judgement, KnownProblem } from "../notices/problems.js";
import { judgeFound, judgeGone } from "../notices/problems.js";
import type { ProblemNews } from "../outbox/outbox.js";

/** Many changes at once are one look. */
const burstMs = 500;
/** What no event tells of is seen by then. */
const everyMs = 15_000;

export interface WatchOptions {
  readonly clock: Clock;
  readonly standing: () => Standing;
  readonly problems: () => ReadonlyMap<string, KnownProblem>;
  readonly tell: (notice: Notice, news: ProblemNews) => void;
  readonly learn: (news: ProblemNews) => void;
}

export class Watch {
  /** Since when each is there that is none yet, by the monotonic clock. */
  readonly #since = new Map<string, number>();
  #isDue = false;

  constructor(private readonly options: WatchOptions) {}

  /** Until the signal aborts. */
  start(events: Pick<Events, "read">, signal: AbortSignal): void {
    const { clock } = this.options;
    const tick = () => {
      if (signal.aborted) return;
      this.look();
      const cancel = clock.after(everyMs, () => {
        signal.removeEventListener("abort", cancel);
        tick();
      });
      signal.addEventListener("abort", cancel, { once: true });
    };
    tick();
    void this.#follow(events, signal);
  }

  /** Everything, now. */
  look(): void {
    const standing = this.options.standing();
    const { found, isOpenStill } = problemsIn(standing);
    const at = this.options.clock.now();
    const known = this.options.problems();
    const present = new Map(found.map((one) => [one.key, one]));
    for (const key of this.#since.keys()) if (!present.has(key)) this.#since.delete(key);
    for (const one of present.values()) {
      const before = known.get(one.key);
      if (before?.told !== "open" && !this.#hasLasted(one)) continue;
      this.#act(one.key, before, judgeFound(one.key, one, before, at));
    }
    for (const [key, before] of [...known]) {
      if (present.has(key) || isOpenStill(key)) continue;
      this.#act(key, before, judgeGone(key, ended(before, standing.services), at));
    }
  }

  async #follow(events: Pick<Events, "read">, signal: AbortSignal): Promise<void> {
    const since = new Date(this.options.clock.now()).toISOString();
    for await (const _event of events.read({ follow: true, since }, signal)) this.#lookSoon(signal);
  }

  #lookSoon(signal: AbortSignal): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.options.clock.after(burstMs, () => {
      this.#isDue = false;
      if (!signal.aborted) this.look();
    });
  }

  #hasLasted({ key, afterMs }: Found): boolean {
    const now = this.options.clock.monotonic();
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    return now - since >= afterMs;
  }

  #act(key: string, before: KnownProblem | undefined, { notice, known }: Judgement): void {
    const news = [key, known ?? null] as const;
    if (notice !== undefined) this.options.tell(notice, news);
    else if (known !== before) this.options.learn(news);
  }
}

/** A service may have ended with its problem, or be off: then it is not well. */
function ended(known: KnownProblem, services: readonly ServiceStatus[]): KnownProblem {
  const { project, service, end } = known;
  if (project === undefined || service === undefined || end === undefined) return known;
  const name = `${project}/${service}`;
  const status = services.find((one) => one.project === project && one.service === service);
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  if (status === undefined) return { ...known, end: { ...end, title: `${name}: no file declares it any more` } };
  if (ready === undefined || ready.status === "True") return known;
  return { ...known, end: { ...end, title: `${name}: that is over, since ${ready.message}` } };
}
