import { asFairleadError, FairleadError } from "../errors.js";
import type { Kind } from "./kinds.js";
import { attributeOf, flagName } from "./setting.js";
import type { Setting, Sources, Table, ValuesOf } from "./setting.js";

/**
 * The values of a table: each from its flag, else its variable, else its key, else its default. Throws FairleadError
 * ConfigInvalid, with the place. `sourcesOf`: where single ones may be written, where that differs.
 */
export function readTable<T extends Table>(
  table: T,
  sources: Sources,
  sourcesOf: (name: string) => Sources = () => sources,
): ValuesOf<T> {
  const values = Object.entries(table).map(([name, setting]) => [name, readOne(setting, sourcesOf(name))]);
  return Object.fromEntries(values) as ValuesOf<T>;
}

function readOne(setting: Setting, sources: Sources): unknown {
  for (const { place, written, kind } of waysTo(setting, sources)) {
    if (written === undefined) continue;
    try {
      return kind.read(written);
    } catch (thrown) {
      const { message, remedy } = asFairleadError(thrown);
      const help = remedy === undefined ? {} : { remedy };
      throw new FairleadError("ConfigInvalid", `${place()}: ${message}`, { cause: thrown, ...help });
    }
  }
  const { default: value } = setting;
  return typeof value === "function"
    ? (value as (given: Sources["environment"]) => unknown)(sources.environment)
    : value;
}

interface Way {
  readonly place: () => string;
  /** Undefined: it is not written there. */
  readonly written: unknown;
  readonly kind: Kind<unknown, unknown>;
}

/** The first that is written counts; what is written elsewhere besides is not even read. */
function* waysTo(setting: Setting, sources: Sources): Generator<Way> {
  const { flag, kind, plain } = setting;
  if (flag !== undefined) yield { place: () => flagName(flag), written: sources.flags[attributeOf(flag)], kind };
  for (const { variable, kind: read } of [
    { variable: setting.variable, kind },
    ...(plain === undefined ? [] : [plain]),
  ]) {
    if (variable !== undefined) yield fromVariable(variable, read, setting, sources);
  }
  for (const { key, kind: read } of [{ key: setting.key, kind }, ...(plain === undefined ? [] : [plain])]) {
    if (key !== undefined) yield { place: () => sources.file.place(key), written: sources.file.get(key), kind: read };
  }
}

function fromVariable(variable: string, kind: Kind<unknown, unknown>, setting: Setting, { environment }: Sources): Way {
  const found = environment[variable];
  const isUnset = found === undefined || (found === "" && setting.emptyIsUnset === true);
  return { place: () => variable, written: isUnset ? undefined : kind.fromVariable?.(found), kind };
}
