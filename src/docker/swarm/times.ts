/** Epoch ms; undefined: it says none, or Go's zero. */
export function instantOf(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || text.startsWith("0001-")) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
