/** How a person names a revision: by its number, or by the beginning of its digest. */
export type RevisionName = { readonly number: number } | { readonly digest: string };

/** Undefined: neither. */
export function parseRevision(text: string): RevisionName | undefined {
  if (/^\d{1,9}$/.test(text)) return { number: Number(text) };
  const digest = /^(?:sha256:)?([0-9a-f]{7,64})$/.exec(text)?.[1];
  return digest === undefined ? undefined : { digest };
}
