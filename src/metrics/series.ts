import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";

/** How the metrics of one registry are made. */
export interface Series {
  counter<L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L>;
  histogram<L extends string>(name: string, buckets: number[], help: string, ...labelNames: L[]): Histogram<L>;
  /** What is read as of each scrape; undefined: there is no sample. */
  read(name: string, help: string, value: () => number | undefined): void;
}

export function seriesOf(registry: Registry): Series {
  const registers = [registry];
  return {
    counter: (name, help, ...labelNames) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, ...labelNames) => new Gauge({ name, help, labelNames, registers }),
    histogram: (name, buckets, help, ...labelNames) => new Histogram({ name, help, labelNames, buckets, registers }),
    read: (name, help, value) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const now = value();
          if (now !== undefined) this.set(now);
        },
      });
    },
  };
}

/** Seconds. A run that changes nothing takes milliseconds, one that acts seconds. */
export const runBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

/** A record, not a list: a word added to a union does not compile until it has its series. */
export function names<K extends string>(record: Readonly<Record<K, 0>>): readonly K[] {
  return Object.keys(record) as K[];
}

export function tabulate<K, V>(keys: readonly K[], value: (key: K) => V): ReadonlyMap<K, V> {
  return new Map(keys.map((key) => [key, value(key)]));
}

export function atZero(counter: Counter.Internal): Counter.Internal {
  counter.inc(0);
  return counter;
}
