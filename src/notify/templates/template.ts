/*
 * What a subscription says in place of its sender's layout: Mustache, which holds no code. How its text is escaped is the
 * sender's part.
 */

import type * as MustacheModule from "mustache";
import { loadLate } from "../../process/load-late.js";
import { wrongAt } from "../../tools/placed.js";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import type { Notice } from "../model/notice.js";
import { fieldsIn, type Fields, templateFields } from "./fields.js";

export type Template = (notice: Notice) => string;

const longestText = 16_000;

/** Throws FairleadError `ConfigInvalid` where it is no template, or names a field that no notice has. */
export function templateOf(text: string, place: () => string): Template {
  const mustache = loadLate("mustache") as typeof MustacheModule.default;
  const tokens = parsed(mustache, text, place);
  check(tokens, [templateFields], place);
  return (notice) =>
    mustache.render(text, fieldsIn(notice), {}, { escape: (value: unknown) => String(value) }).slice(0, longestText);
}

type Token = readonly [kind: string, value: string, start: number, end: number, inner?: unknown, ...rest: unknown[]];

function parsed(mustache: typeof MustacheModule.default, text: string, place: () => string): readonly Token[] {
  try {
    return mustache.parse(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : "unknown";
    throw wrongAt(place(), `it is no template: ${why}`, "docs/notifications.md shows how one is written");
  }
}

/** `scopes`: what names mean here, the innermost last. */
function check(tokens: readonly Token[], scopes: readonly Fields[], place: () => string): void {
  for (const [kind, name, , , inner] of tokens) {
    if (kind === "text" || kind === "!") continue;
    if (kind === ">" || kind === "=") {
      throw wrongAt(place(), `{{${kind}${name}}} is not to be had in a template`, "write fields and sections alone");
    }
    const found = lookUp(name, scopes);
    if (found === undefined) throw unknownField(name, scopes, place);
    if (Array.isArray(inner))
      check(inner as readonly Token[], kind === "#" && found !== true ? [...scopes, found] : scopes, place);
  }
}

/** `true`: it is a value, or a list of them. */
function lookUp(name: string, scopes: readonly Fields[]): Fields | true | undefined {
  if (name === ".") return true;
  const [first = "", ...rest] = name.split(".");
  const scope = [...scopes].reverse().find((one) => Object.hasOwn(one, first) || Object.hasOwn(one, "*"));
  return rest.reduce<Fields | true | undefined>(
    (at, part) => (at === undefined || at === true ? undefined : (own(at, part) ?? own(at, "*"))),
    scope === undefined ? undefined : (own(scope, first) ?? own(scope, "*")),
  );
}

function own(fields: Fields, name: string): Fields | true | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function unknownField(name: string, scopes: readonly Fields[], place: () => string): Error {
  const known = scopes.flatMap((scope) => Object.keys(scope)).filter((one) => one !== "*");
  const meant = nearest(name, known);
  const hint = meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`;
  return wrongAt(place(), `no notice has a field ${quote(name)}${hint}`, "docs/notifications.md lists them");
}
