import type { z } from "zod";
import { quote } from "../../tools/quote.js";
import { FairleadError } from "../../errors.js";
import { formatAddress, parseAddress } from "../../tools/address.js";
import { readFault } from "../../tools/files/file-fault.js";
import { whyNoDisk } from "../../tools/files/folder.js";
import { readGivenSync } from "../../tools/files/plain-file.js";
import { Secret } from "../../tools/secret.js";
import { decoded, foreignFault } from "../../tools/utf8.js";

/** Named, and not zod's: who only asks a controller reads two texts, and does not wait until zod is loaded. */
export type UsualForm = "text" | "texts" | "toggle";

/** How a setting is written, and what is made of it. */
export interface Kind<Written, Value> {
  /**
   * What the settings file may hold: a text, one or a list of them, true or false. Groups, and lists and maps of them, are
   * zod's own: each field has its `.describe()`, which the documentation shows.
   */
  readonly form: UsualForm | z.ZodType<Written>;
  /** A variable's text, as the file would have it; throws as `read` does. Absent: no variable can hold such a setting. */
  fromVariable?(text: string): Written;
  /** Throws FairleadError with a remedy. The place is added by whoever knows it. */
  read(written: Written): Value;
  /** Several values are possible, and this divides them in a variable. */
  readonly separator?: string;
}

/** A text that `read` understands; it throws FairleadError for any other. */
export function textOf<Value>(read: (text: string) => Value): Kind<string, Value> {
  return { form: "text", fromVariable: (text) => text, read };
}

/** Any text but an empty one. */
export const text = textOf(filled);

/** A directory that things are kept in. */
export const folder = textOf((written) => {
  const fault = whyNoDisk(filled(written));
  if (fault === undefined) return written;
  throw invalid(fault.message, fault.remedy);
});

/** Where somebody listens: `host:port`, with a host also where none was written. */
export const address = textOf((written) => formatAddress(parseAddress(filled(written))));

/** One of a few words; `what` is what they are words for, with its article. */
export function choice<const Word extends string>(what: string, words: readonly Word[]): Kind<string, Word> {
  return textOf((written) => {
    const word = words.find((known) => known === written);
    if (word !== undefined) return word;
    throw invalid(`${quote(written)} is not ${what}`, `write one of ${words.join(", ")}`);
  });
}

const on = ["1", "true", "yes"];
const off = ["0", "false", "no"];

/** On or off. A variable is on with 1, true or yes, and off with 0, false or no, in any case of letters. */
export const toggle: Kind<boolean, boolean> = {
  form: "toggle",
  fromVariable: (written) => {
    const word = written.toLowerCase();
    if (on.includes(word) || off.includes(word)) return on.includes(word);
    throw invalid(`${quote(written)} is neither on nor off`, "write true or false");
  },
  read: (written) => written,
};

type Texts = string | readonly string[];

/**
 * Several texts: one or a list in the settings file, one text with `separator` between them in a variable. `split`
 * divides a single text in either place; without it only a variable is divided.
 */
export function list(separator: string, split?: (text: string) => readonly string[]): Kind<Texts, readonly string[]> {
  return {
    form: "texts",
    fromVariable: split ?? ((written) => written.split(separator)),
    read: (written) => {
      const all = typeof written === "string" ? (split?.(written) ?? [written]) : written;
      if (all.length > 1 && all.some((one) => one.trim() === "")) {
        throw invalid("one of several is empty", "give it a value, or leave it out");
      }
      for (const one of all) filled(one);
      return all;
    },
    separator,
  };
}

/** What only the settings file can hold. */
export function data<Value>(schema: z.ZodType<Value>): Kind<Value, Value> {
  return { form: schema, read: (written) => written };
}

/** The path of a file with secrets, one a line. Blank lines are none. */
export const secretFile: Kind<string, readonly Secret[]> = textOf((path) => {
  const found = secrets(readText(filled(path)));
  if (found.length > 0) return found;
  throw invalid(`the file ${path} holds no secret`, "write one into it, or leave the file out");
});

/** Secrets themselves, one a line, where they may stand in a variable or in the settings file. */
export const secretText = textOf(secrets);

/** The same, and in the settings file a list too. */
export const secretTexts: Kind<Texts, readonly Secret[]> = {
  form: "texts",
  fromVariable: (written) => written,
  read: (written) => [written].flat().flatMap(secrets),
};

/** Of several values the first. */
export function first<Written, Value>(kind: Kind<Written, readonly Value[]>): Kind<Written, Value | undefined> {
  return { ...kind, read: (written) => kind.read(written)[0] };
}

/** Throws FairleadError ConfigInvalid, in words. */
export function readText(path: string): string {
  try {
    const { text, foreign } = decoded(readGivenSync(path));
    if (foreign === undefined) return text;
    const { line, column, message, hint } = foreignFault(foreign);
    throw invalid(`${path}:${line}:${column}: ${message}`, hint);
  } catch (cause) {
    if (cause instanceof FairleadError) throw cause;
    const { message, remedy } = readFault(path, cause);
    throw new FairleadError("ConfigInvalid", message, { cause, remedy });
  }
}

function filled(written: string): string {
  if (written.trim() !== "") return written;
  throw invalid("it is empty", "give it a value, or leave it out");
}

export function invalid(message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy });
}

function secrets(written: string): readonly Secret[] {
  return written
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => new Secret(line));
}
