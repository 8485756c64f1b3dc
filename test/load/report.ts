import { versionOf, type ClientKind, type Fault, type Sample } from "./sample.js";

export interface Count {
  readonly requests: number;
  readonly failed: number;
}

/** What clients saw in a span of time. */
export interface Report extends Count {
  readonly clients: Readonly<Record<ClientKind, Count>>;
  /** Only of kinds that came. */
  readonly failures: Readonly<Partial<Record<Fault, number>>>;
  /** The first few failures, for a person. */
  readonly examples: readonly string[];
  /** Good answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** The longest time in which no client got a good answer, the span's ends included. */
  readonly longestGapMs: number;
  /** Of good answers wanted within the span and not asked to be slow, from when they were wanted; NaN without any. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly most: number };
  /** By when they ended. */
  readonly samples: readonly Sample[];
}

export interface Span {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Of the requests that ended within the span. */
export function reportOn(samples: readonly Sample[], { from, to }: Span): Report {
  const within = samples
    .filter(({ endedAt }) => endedAt >= from && endedAt <= to)
    .sort((one, other) => one.endedAt - other.endedAt);
  const good = within.filter((sample) => versionOf(sample) !== undefined);
  const failed = within.filter((sample) => versionOf(sample) === undefined);
  const count = (client: ClientKind): Count => ({
    requests: within.filter((sample) => sample.client === client).length,
    failed: failed.filter((sample) => sample.client === client).length,
  });
  const latencies = good
    .filter(({ isSlow, wantedAt }) => !isSlow && wantedAt >= from)
    .map(({ wantedAt, endedAt }) => endedAt - wantedAt)
    .sort((one, other) => one - other);
  return {
    requests: within.length,
    failed: failed.length,
    clients: { kept: count("kept"), fresh: count("fresh") },
    failures: countFaults(failed),
    examples: failed.slice(0, 5).map((sample) => describe(sample, from)),
    versions: countVersions(good),
    longestGapMs: longestGap([from, ...good.map(({ endedAt }) => endedAt), to]),
    latencyMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), most: latencies.at(-1) ?? NaN },
    samples: within,
  };
}

/** When the first good answer came after which all were good and of this version; undefined where none has come. */
export function allOn(samples: readonly Sample[], version: string): number | undefined {
  const inOrder = samples.toSorted((one, other) => one.endedAt - other.endedAt);
  return inOrder[inOrder.findLastIndex((sample) => versionOf(sample) !== version) + 1]?.endedAt;
}

/** The smallest value that so large a part of all does not exceed. NaN where there is nothing. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

function countFaults(failed: readonly Sample[]): Partial<Record<Fault, number>> {
  const counts: Partial<Record<Fault, number>> = {};
  for (const { outcome } of failed) {
    if ("fault" in outcome) counts[outcome.fault] = (counts[outcome.fault] ?? 0) + 1;
  }
  return counts;
}

function countVersions(good: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const sample of good) {
    const version = versionOf(sample)!;
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

function longestGap(instants: readonly number[]): number {
  return instants.slice(1).reduce((longest, at, index) => Math.max(longest, at - instants[index]!), 0);
}

function describe({ client, startedAt, endedAt, outcome }: Sample, from: number): string {
  const what = "fault" in outcome ? `${outcome.fault} (${outcome.detail})` : "";
  return `${client}, at ${(startedAt - from).toFixed(0)} ms, after ${(endedAt - startedAt).toFixed(0)} ms: ${what}`;
}
