import { parseYaml } from "../compose/document/yaml/yaml.js";
import type { Place, Position } from "../compose/document/yaml/yaml.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { codeOf } from "../tools/files/file-fault.js";
import { given } from "../tools/present.js";
import { readText } from "./kinds/kinds.js";

/** A settings file as it is written, whatever it means. */
export interface WrittenFile {
  readonly value: unknown;
  readonly root: Place;
  /** Of a key's value: `gate.image`. Of the nearest thing around it, where it is not written. */
  readonly position: (key: string) => Position;
  /** `fairlead.yaml:3:9: key`. */
  readonly place: (key: string) => string;
}

/** In docs/configuration.md stands what may be in one. */
export const keysRemedy = "docs/configuration.md lists every key";

/** Throws FairleadError ConfigInvalid where it cannot be read, or is no YAML. `named`: what has named it. */
export function readWritten(file: string, named: string): WrittenFile {
  const document = parseYaml(textOf(file, named));
  if (!document.ok) {
    const { line, column } = document.position;
    const { message, hint: remedy = "mend that line, or the one before it" } = document;
    throw new FairleadError("ConfigInvalid", `${file}:${line}:${column}: ${message}`, { remedy });
  }
  const { value, root } = document;
  const position = (key: string) => placeAt(root, key.split(".")).value;
  return {
    value,
    root,
    position,
    place: (key) => {
      const { line, column } = position(key);
      return `${file}:${line}:${column}: ${dotted(key.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)))}`;
    },
  };
}

/** Undefined: it is not written. */
export function valueAt(value: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>(fieldOf, value);
}

function fieldOf(group: unknown, key: string): unknown {
  return typeof group === "object" && group !== null ? (group as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** That of the nearest thing around it, where it is not there itself. */
export function placeAt(root: Place, path: readonly PropertyKey[]): Place {
  return path.reduce<Place>((place, part) => place.children.get(String(part)) ?? place, root);
}

/** `registries.ghcr.io.realms[0]`. */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

function textOf(file: string, named: string): string {
  try {
    return readText(file);
  } catch (thrown) {
    const { message, cause, remedy } = asFairleadError(thrown);
    const isAbsent = codeOf(cause) === "ENOENT";
    throw new FairleadError("ConfigInvalid", `${named}: ${message}`, {
      cause: thrown,
      ...given({
        remedy: isAbsent ? "name a file that is there, or do without one: every setting has a default" : remedy,
      }),
    });
  }
}
