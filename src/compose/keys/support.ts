/** What becomes of a key of the Compose Specification here. */
export type Support =
  /** `note`: what a reader of the support page should know. */
  | { readonly support: "supported"; readonly note?: string }
  | { readonly support: "obsolete" | "planned"; readonly hint?: string }
  /** Taken with a warning: it concerns something that does not exist here, so that leaving it out changes nothing. */
  | { readonly support: "ignored"; readonly hint: string }
  /** Never: it has no meaning for a controller of one plain host, or a better key exists. */
  | { readonly support: "refused"; readonly hint: string };

/** Every key that a mapping may have by the specification. Any other key is unknown. */
export type KeyTable = Readonly<Record<string, Support>>;

/** The keys that a decoder may read: a key that the table does not call supported does not compile. */
export type SupportedKey<T extends KeyTable> = {
  [K in keyof T & string]: T[K] extends { readonly support: "supported" } ? K : never;
}[keyof T & string];
