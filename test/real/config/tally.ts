import { readingDifferences, type ReadingDifference } from "./differences.js";
import type { Comparison } from "./compare.js";

/** How often each outcome and each entry of the table was met. */
export class Tally {
  readonly #outcomes = new Map<string, number>();
  readonly #met = new Map<ReadingDifference, number>();

  add({ outcome, met }: Comparison): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    for (const entry of met) this.#met.set(entry, (this.#met.get(entry) ?? 0) + 1);
  }

  get compared(): number {
    return this.#outcomes.get("compared") ?? 0;
  }

  toString(): string {
    const rows = [
      ...[...this.#outcomes].map(([outcome, count]) => `${String(count).padStart(6)}  ${outcome}`),
      ...readingDifferences
        .filter(({ sets }) => sets === undefined)
        .map((entry) => `${String(this.#met.get(entry) ?? 0).padStart(6)}  ${entry.what}`),
    ];
    return rows.join("\n");
  }
}
