import { asFairleadError } from "../../../errors.js";
import { verdictOf } from "../../shared/verdict.js";
import { keyOf, pause } from "./operator.js";
import type { Named, Operator, Seen } from "./operator.js";
import type { Display } from "./display.js";

/** 0: it is as wanted. 3: without a person it will not be. 4: it may still come, and the time is up. */
export type Verdict = 0 | 3 | 4;

export interface Followed {
  readonly service: Named;
  readonly verdict: Verdict;
  /** As it was seen last. Absent: it never was. */
  readonly status?: Seen;
}

const pollMs = 300;

interface FollowOptions {
  readonly operator: Operator;
  readonly services: readonly Named[];
  readonly display: Display;
  /** By `performance.now()`. */
  readonly deadline: number;
}

/** Has all of them looked at, and shows what is done until each has its verdict or the time is up; sooner where the signal aborts. */
export async function follow(
  { operator, services, display, deadline }: FollowOptions,
  signal: AbortSignal,
): Promise<readonly Followed[]> {
  const before = new Map((await operator.services()).map((status) => [keyOf(status), status.observedAt]));
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const showing = show(operator, services, display, end);
  try {
    await Promise.all(services.map((one) => operator.reconcile(one)));
    return await awaitAll({ operator, services, before, deadline }, signal);
  } finally {
    // The last news is on its way.
    await pause(pollMs, signal);
    over.abort();
    await showing;
  }
}

async function show(
  operator: Operator,
  services: readonly Named[],
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  for await (const progress of operator.follow(services, signal)) {
    if (signal.aborted) return;
    display.news(progress);
  }
}

interface AwaitOptions {
  readonly operator: Operator;
  readonly services: readonly Named[];
  readonly before: ReadonlyMap<string, string | undefined>;
  readonly deadline: number;
}

async function awaitAll(
  { operator, services, before, deadline }: AwaitOptions,
  signal: AbortSignal,
): Promise<readonly Followed[]> {
  let seen = new Map<string, Seen>();
  for (;;) {
    seen = (await look(operator, deadline, signal)) ?? seen;
    const isLate = performance.now() >= deadline || signal.aborted;
    const followed = services.map((service): Followed | undefined => {
      const status = seen.get(keyOf(service));
      // What was seen before says nothing of what is wanted now.
      const isNew = status !== undefined && status.observedAt !== before.get(keyOf(service));
      const verdict = isNew ? verdictOf(status) : undefined;
      if (verdict === undefined && !isLate) return undefined;
      return { service, verdict: verdict ?? 4, ...(status === undefined ? {} : { status }) };
    });
    const ended = followed.filter((one) => one !== undefined);
    if (ended.length === services.length) return ended;
    await pause(Math.min(pollMs, Math.max(0, deadline - performance.now())), signal);
  }
}

/** Undefined: it is away for the moment. */
async function look(operator: Operator, deadline: number, signal: AbortSignal): Promise<Map<string, Seen> | undefined> {
  try {
    return new Map((await operator.services()).map((status) => [keyOf(status), status]));
  } catch (thrown) {
    const isAway = asFairleadError(thrown).code === "ApiUnreachable";
    if (!isAway || performance.now() >= deadline || signal.aborted) throw thrown;
    return undefined;
  }
}
