import type { z } from "zod";
import { didYouMean } from "../../compose/document/node.js";
import { nearest } from "../../tools/suggest.js";
import { typeWords } from "./type-words.js";

/**
 * What zod finds wrong with the form of a setting, in words of ours. Never with what is written, which may be a secret.
 * A schema's own words come before these.
 */
export function formWords(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_type") return typeWords(issue.input, [nounOf(issue.expected)]);
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const { options, discriminator, input } = issue as Discriminated;
    const word = typeof input === "object" && input !== null ? input[discriminator] : undefined;
    const words = (options ?? []).map(String);
    return word === undefined ? `it is missing, and should be one of ${words.join(", ")}` : wordWords(word, words);
  }
  if (issue.code === "invalid_union") return typeWords(issue.input, unionNouns(issue.errors));
  if (issue.code === "invalid_value") return wordWords(issue.input, issue.values.map(String));
  if (issue.code === "too_small") {
    if (issue.origin === "string") return "it is empty";
    return issue.origin === "array" ? "the list is empty" : `it should be ${String(issue.minimum)} at least`;
  }
  if (issue.code === "too_big") return `it should be ${String(issue.maximum)} at most`;
  return "it is not in the form that it should have";
}

interface Discriminated {
  readonly options?: readonly unknown[];
  readonly discriminator: string;
  readonly input: Readonly<Record<string, unknown>> | null | undefined;
}

function wordWords(input: unknown, words: readonly string[]): string {
  const meant = typeof input === "string" ? nearest(input, words) : undefined;
  return `it is none of ${words.join(", ")}${meant === undefined ? "" : ` (${didYouMean(meant)})`}`;
}

const nouns: Readonly<Record<string, string>> = {
  string: "a text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
};

function nounOf(expected: string): string {
  return nouns[expected] ?? "something else";
}

function unionNouns(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly string[] {
  const found = forms.flatMap((issues) => issues.filter(({ path }) => path.length === 0));
  return [...new Set(found.map((one) => nounOf("expected" in one ? String(one.expected) : "")))];
}
