/** Where vendors put the sentence for people, the most telling first. */
const sentenceKeys = ["error_description", "errorDescription", "description", "detail", "error", "message", "title"];

/** What an answer says, as text: out of JSON where it is JSON; nothing of a web page. */
export function wordsIn(text: string): string {
  const json = jsonIn(text);
  if (json === undefined) return text.trimStart().startsWith("<") ? "" : text;
  return typeof json === "string" ? json : sentenceIn(json);
}

/** How long some vendors ask to wait, in ms: Discord `retry_after` in seconds, Telegram below `parameters`, Matrix in ms. */
export function waitIn(text: string): number | undefined {
  const json = jsonIn(text);
  const seconds = numberAt(json, "retry_after") ?? numberAt(valueAt(json, "parameters"), "retry_after");
  const ms = seconds === undefined ? numberAt(json, "retry_after_ms") : seconds * 1000;
  return ms === undefined || ms < 0 ? undefined : Math.ceil(ms);
}

/** Undefined: it is no JSON, or was longer than what was read. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function valueAt(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function numberAt(value: unknown, key: string): number | undefined {
  const found = valueAt(value, key);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

function sentenceIn(json: unknown): string {
  for (const key of sentenceKeys) {
    const found = valueAt(json, key);
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "object" && found !== null) return sentenceIn(found);
  }
  const errors = valueAt(json, "errors");
  return Array.isArray(errors) ? errors.filter((one) => typeof one === "string").join("; ") : "";
}
