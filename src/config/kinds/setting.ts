import type { Position } from "../../compose/document/yaml/yaml.js";
import type { Environment } from "../../process/environment.js";
import type { Kind } from "./kinds.js";

/** Where a setting may be written, besides the command line. */
interface Places {
  readonly variable?: string;
  /** In the settings file; with a dot, such as `gate.image`, it stands in a group. */
  readonly key?: string;
}

/** What is said of a setting, once for all: commander's options, the settings file and the documentation follow. */
export interface Entry<Value> extends Places {
  /** As commander has it: `-f, --file <path>`. */
  readonly flag?: string;
  /**
   * The variable counts only where it is not empty. Elsewhere an empty one is read as it is, and refused where that
   * means nothing: whoever empties the address of a door does not get the usual door.
   */
  readonly emptyIsUnset?: boolean;
  /** Where the value itself may stand in place of the file that has it. A secret without `plain` comes from files only. */
  readonly plain?: Places & { readonly kind: Kind<unknown, Value> };
  readonly default?: Value | ((environment: Environment) => Value);
  /** The default in words, in Markdown, where it is not a text or a number. */
  readonly defaultText?: string;
  /** One line for `--help` and the documentation. */
  readonly what: string;
  /** For the documentation only, in Markdown. */
  readonly more?: string;
}

export type Setting = Entry<unknown> & { readonly kind: Kind<unknown, unknown> };

/** Rows of settings, by the names that the program has for them. */
export type Table = Readonly<Record<string, Setting>>;

type ValueOf<S> = S extends { readonly kind: Kind<unknown, infer Value> }
  ? S extends { readonly default: unknown }
    ? Value
    : Value | undefined
  : never;

export type ValuesOf<T extends Table> = { readonly [Name in keyof T]: ValueOf<T[Name]> };

/** A row of the table; its type is that of its kind. */
export function setting<Written, Value, const E extends Entry<Value>>(
  kind: Kind<Written, Value>,
  entry: E,
): E & { readonly kind: Kind<Written, Value> } {
  return { ...entry, kind };
}

type Camel<Text> = Text extends `${infer Head}-${infer Rest}` ? `${Head}${Capitalize<Camel<Rest>>}` : Text;

/** The name under which commander hands over a flag: `-f, --file <path>` is `file`. */
export type AttributeOf<Flag> = Flag extends `${string}--${infer Name} <${string}`
  ? Camel<Name>
  : Flag extends `${string}--${infer Name}`
    ? Camel<Name>
    : never;

/** `-f, --file <path>` without what follows the name: `--file`. */
export function flagName(flag: string): string {
  return /--[\w-]+/.exec(flag)?.[0] ?? flag;
}

/** See {@link AttributeOf}. */
export function attributeOf(flag: string): string {
  return flagName(flag)
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** In Markdown, for the documentation; undefined: there is none. */
export function defaultInWords({ default: value, defaultText }: Setting): string | undefined {
  if (defaultText !== undefined || value === undefined) return defaultText;
  const words = [value].flat().filter((one) => typeof one === "string" || typeof one === "number");
  return words.map((one) => `\`${one}\``).join(", ");
}

/** Everything that was written, wherever that is. */
export interface Sources {
  /** By commander's names. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
  readonly file: SettingsFile;
}

/** One thing that is wrong with what was written. */
export interface Fault {
  /** With its place. */
  readonly text: string;
  /** In the settings file. */
  readonly position?: Position;
  readonly remedy?: string;
}

export interface SettingsFile {
  /** Undefined: there is none. */
  readonly path: string | undefined;
  /** What is wrong with the file whatever the settings mean; such values are not handed out. */
  readonly faults: readonly Fault[];
  /** Undefined: it is not written. */
  get(key: string): unknown;
  /** `fairlead.yaml:3:9: key`: the place of its value. */
  place(key: string): string;
  position(key: string): Position | undefined;
}

/** Where no file is named. */
export const noSettings: SettingsFile = {
  path: undefined,
  faults: [],
  get: () => undefined,
  place: (key) => key,
  position: () => undefined,
};
