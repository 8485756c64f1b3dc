import type { Position } from "../compose/document/yaml/yaml.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { given } from "../tools/present.js";
import type { Kind } from "./kinds/kinds.js";
import { attributeOf, flagName } from "./kinds/setting.js";
import type { Fault, Setting, Sources, Table, ValuesOf } from "./kinds/setting.js";

/**
 * The values of a table: each from its flag, else its variable, else its key, else its default. What is wrong goes into
 * `faults`, each with its place; the values are of no use then. `sourcesOf`: where single ones may be written, where that
 * differs.
 */
export function readTable<T extends Table>(
  table: T,
  sources: Sources,
  faults: Fault[],
  sourcesOf: (name: string) => Sources = () => sources,
): ValuesOf<T> {
  const values = Object.entries(table).map(([name, setting]) => [name, readOne(setting, sourcesOf(name), faults)]);
  return Object.fromEntries(values) as ValuesOf<T>;
}

/** What has named each value: the flag, the variable or the place in the settings file; of a default, what would name another. */
export function placesIn<T extends Table>(table: T, sources: Sources): { readonly [Name in keyof T]: string } {
  const places = Object.entries(table).map(([name, row]) => {
    const way = [...waysTo(row, sources)].find(({ written }) => written !== undefined);
    return [name, way?.place() ?? (row.flag === undefined ? row.variable : flagName(row.flag)) ?? row.key ?? name];
  });
  return Object.fromEntries(places) as { readonly [Name in keyof T]: string };
}

function readOne(setting: Setting, sources: Sources, faults: Fault[]): unknown {
  for (const { place, position, written, kind } of waysTo(setting, sources)) {
    if (written === undefined) continue;
    try {
      return kind.read(written());
    } catch (thrown) {
      const { message, remedy } = asFairleadError(thrown);
      faults.push({ text: `${place()}: ${message}`, ...given({ remedy, position: position?.() }) });
      return undefined;
    }
  }
  const { default: value } = setting;
  return typeof value === "function"
    ? (value as (given: Sources["environment"]) => unknown)(sources.environment)
    : value;
}

/** Where that is written which counts, and its rank: flags count first, then variables, then the file. Undefined: nowhere. */
export function writtenAt(
  setting: Setting,
  sources: Sources,
): { readonly place: string; readonly rank: number } | undefined {
  for (const { place, rank, written } of waysTo(setting, sources)) {
    if (written !== undefined) return { place: place(), rank };
  }
  return undefined;
}

interface Way {
  readonly place: () => string;
  readonly rank: 0 | 1 | 2;
  /** In the settings file. */
  readonly position?: () => Position | undefined;
  /** Undefined: it is not written there. Throws FairleadError where it means nothing. */
  readonly written: (() => unknown) | undefined;
  readonly kind: Kind<unknown, unknown>;
}

/** The first that is written counts; what is written elsewhere besides is not even read. */
function* waysTo(setting: Setting, sources: Sources): Generator<Way> {
  const { flag, kind, plain } = setting;
  if (flag !== undefined) {
    yield { place: () => flagName(flag), rank: 0, written: ifWritten(sources.flags[attributeOf(flag)]), kind };
  }
  for (const { variable, kind: read } of [
    { variable: setting.variable, kind },
    ...(plain === undefined ? [] : [plain]),
  ]) {
    if (variable !== undefined) yield fromVariable(variable, read, setting, sources);
  }
  for (const { key, kind: read } of [{ key: setting.key, kind }, ...(plain === undefined ? [] : [plain])]) {
    if (key === undefined) continue;
    const { file } = sources;
    yield {
      place: () => file.place(key),
      rank: 2,
      position: () => file.position(key),
      written: ifWritten(file.get(key)),
      kind: read,
    };
  }
}

function fromVariable(variable: string, kind: Kind<unknown, unknown>, setting: Setting, { environment }: Sources): Way {
  const found = environment[variable];
  const isUnset = found === undefined || (found === "" && setting.emptyIsUnset === true);
  return { place: () => variable, rank: 1, written: isUnset ? undefined : () => kind.fromVariable?.(found), kind };
}

function ifWritten(value: unknown): (() => unknown) | undefined {
  return value === undefined ? undefined : () => value;
}

/** Throws FairleadError ConfigInvalid with all that is wrong, if anything is: what stands in the file in its order. */
export function refuseFaults(faults: readonly Fault[]): void {
  const [first, ...others] = [...faults].sort(byPlace);
  if (first === undefined) return;
  if (others.length === 0) throw new FairleadError("ConfigInvalid", first.text, given({ remedy: first.remedy }));
  const remedies = new Set(faults.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])));
  const [remedy] = remedies;
  // One that helps all of them is said once.
  const isCommon = remedies.size === 1;
  const lines = [first, ...others].map((fault) =>
    isCommon || fault.remedy === undefined ? fault.text : `${fault.text} (${fault.remedy})`,
  );
  throw new FairleadError("ConfigInvalid", lines, isCommon ? given({ remedy }) : {});
}

/** What is not in the file comes last. */
function byPlace({ position: left }: Fault, { position: right }: Fault): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return left.line - right.line || left.column - right.column;
}
