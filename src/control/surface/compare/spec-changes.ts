import type { ServiceKey } from "../../../compose/model/service.js";
import type { Rollout } from "../../../plan/model/condition.js";
import { printable } from "../../../tools/printable.js";
import type { SpecChange } from "../../journal/course-record.js";
import type { Journal } from "../../journal/journal.js";
import type { Clock } from "../../ports/clock.js";
import type { Likeness } from "../../ports/engine.js";
import type { Comparisons } from "./comparisons.js";

export interface SpecChangesOptions {
  readonly comparisons: Pick<Comparisons, "of">;
  readonly journal: Pick<Journal, "append" | "record">;
  readonly clock: Pick<Clock, "now">;
}

const mostChanges = 40;
const longestValue = 200;

/** Writes down in what a rollout's spec differs from the one before, while the containers of both are there to tell. */
export class SpecChanges {
  constructor(private readonly options: SpecChangesOptions) {}

  /** Beside the run: what cannot be told is left out. */
  note(key: ServiceKey, course: number, rollout: Rollout): void {
    void this.#note(key, course, rollout).catch(() => undefined);
  }

  async #note(key: ServiceKey, course: number, rollout: Rollout): Promise<void> {
    const { comparisons, journal, clock } = this.options;
    // Of a first start there is nothing to compare with, and on a new host a hundred of them are under way at once.
    if (rollout.from === undefined || rollout.rollback === true) return;
    if (rollout.specHash === journal.record(key).memory.stableSpec) return;
    const comparison = await comparisons.of(key);
    if (comparison?.running === undefined || comparison.isSameSpec) return;
    const changes = changesBetween(comparison.running.service, comparison.file.service);
    if (changes.length === 0) return;
    const text = "note in what the spec differs";
    await journal.append({ type: "step", at: clock.now(), key, run: "", text, course, changes });
  }
}

/** Field by field, by Compose's keys, but for the image, of which a rollout tells by itself. */
export function changesBetween(from: Likeness, to: Likeness): readonly SpecChange[] {
  const [before, after] = [fieldsOf(from), fieldsOf(to)];
  const fields = [...new Set([...before.keys(), ...after.keys()])].filter((field) => field !== "image").sort();
  return fields
    .filter((field) => before.get(field) !== after.get(field))
    .slice(0, mostChanges)
    .map((field) => {
      const [was, is] = [before.get(field), after.get(field)];
      return { field, ...(was === undefined ? {} : { from: was }), ...(is === undefined ? {} : { to: is }) };
    });
}

function fieldsOf(value: unknown, path = ""): ReadonlyMap<string, string> {
  if (typeof value !== "object" || value === null) {
    return new Map([[path, printable(typeof value === "string" ? value : JSON.stringify(value), longestValue)]]);
  }
  const entries = Array.isArray(value)
    ? value.map((one: unknown, index) => [`${path}[${index}]`, one] as const)
    : Object.entries(value).map(([name, one]) => [path === "" ? name : `${path}.${name}`, one as unknown] as const);
  return new Map(entries.flatMap(([name, one]) => [...fieldsOf(one, name)]));
}
