/** What is wrong with a value that is none of these. */
export function typeWords(input: unknown, wanted: readonly string[]): string {
  const should = wanted.join(" or ");
  if (input === undefined) return `it is missing, and should be ${should}`;
  if (input === null) return `it is empty, and should be ${should}`;
  const isBare = typeof input === "number" || typeof input === "boolean";
  const remedy = isBare && wanted.includes("a text") ? ": put it in quotes" : "";
  return `it is ${thing(input)}, and should be ${should}${remedy}`;
}

function thing(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "number") return Number.isInteger(input) ? "a whole number" : "a number";
  if (typeof input === "boolean") return "true or false";
  return typeof input === "string" ? "a text" : "a map of keys";
}
