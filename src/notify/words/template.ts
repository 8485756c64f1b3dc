import { wrongAt } from "../../tools/placed.js";
import { nearest } from "../../tools/suggest.js";
import { wordNames, type Words } from "./words.js";

/** A text of the settings, with the words of a notice in the places of `{image}`, `{tag}` and the like. */
export type Template = (words: Words) => string;

const place = /\{([A-Za-z_]+)\}/g;

/** Throws FairleadError `ConfigInvalid` for a word that there is not. */
export function templateAt(text: string, at: () => string): Template {
  for (const [whole, name = ""] of text.matchAll(place)) {
    if (wordNames.some((word) => word === name)) continue;
    const meant = nearest(name, wordNames);
    const hint = meant === undefined ? "" : ` (did you mean {${meant}}?)`;
    const known = wordNames.map((word) => `{${word}}`).join(", ");
    throw wrongAt(at(), `there is no word for ${whole}${hint}`, `write one of ${known}`);
  }
  return (words) => text.replace(place, (_, name: keyof Words) => words[name]);
}

/** The same for every text in a value of JSON; `at` is told where in it: empty, or `.name`. */
export function jsonTemplateAt(value: unknown, at: (key: string) => string): (words: Words) => unknown {
  if (typeof value === "string") return templateAt(value, () => at(""));
  if (typeof value !== "object" || value === null) return () => value;
  const fields = Object.entries(value).map(
    ([name, field]) => [name, jsonTemplateAt(field, (key) => at(`.${name}${key}`))] as const,
  );
  if (Array.isArray(value)) return (words) => fields.map(([, field]) => field(words));
  return (words) => Object.fromEntries(fields.map(([name, field]) => [name, field(words)]));
}
