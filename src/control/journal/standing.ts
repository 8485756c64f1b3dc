export type WriterState =
  | { readonly kind: "written" }
  | { readonly kind: "failing"; readonly message: string }
  /** The disk has not answered for so long. */
  | { readonly kind: "stuck"; readonly forMs: number };

/** `reading`: what it held before the start is not known yet. */
export type JournalState = WriterState | { readonly kind: "reading" };
