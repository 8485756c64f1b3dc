import { withoutUrlSecrets, withoutValues } from "../../tools/mask.js";
import { Secret } from "../../tools/secret.js";
import type { Outgoing } from "../model/exchange.js";

/** Shorter ones would be found everywhere. */
const shortest = 6;

/** Words of another side, without what it may have repeated of our secrets. */
export function withoutSecretsOf(outgoing: Pick<Outgoing, "url" | "headers" | "body">, words: string): string {
  const secrets = [outgoing.url, outgoing.body, ...Object.values(outgoing.headers)].filter(
    (one): one is Secret => one instanceof Secret,
  );
  return withoutValues(withoutUrlSecrets(words), secrets.flatMap(partsOf), { shortest, by: "[secret]" });
}

/** What of a secret another side might repeat: the whole, and what it is made of. */
function partsOf(secret: Secret): readonly string[] {
  const text = secret.reveal();
  return [text, ...wordsOf(text), ...addressPartsOf(text), ...leavesOf(text)];
}

/** `Bearer TOKEN`, `Basic BASE64`, lines of a file. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== text);
  const [scheme, login = ""] = words;
  const inside = scheme === "Basic" ? Buffer.from(login, "base64").toString("utf8") : "";
  return [...words, ...inside.split(/:(.*)/s), inside];
}

function addressPartsOf(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const { pathname, search, searchParams, username, password } = new URL(text);
  const path = pathname.length > 1 ? [`${pathname}${search}`, pathname] : [];
  // What is only a word of the vendor's own addresses, such as `services`, is none.
  const segments = pathname.split("/").filter((part) => /\d/.test(part) || part.length >= 16);
  // Telegram's tokens stand behind a word.
  const tokens = segments.map((part) => part.replace(/^bot/, ""));
  const parts = [...path, ...segments, ...tokens, ...searchParams.values(), username, password];
  return [...parts, ...parts.map(decoded)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The texts in a body of JSON. */
function leavesOf(text: string): readonly string[] {
  if (!text.startsWith("{")) return [];
  const leaves: string[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === "string") leaves.push(value);
    return value;
  });
  return leaves;
}
