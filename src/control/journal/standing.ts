export type WriterState =
  | { readonly kind: "written" }
  | { readonly kind: "failing"; readonly message: string }
  /** The disk has not answered for so long. */
  | { readonly kind: "stuck"; readonly forMs: number };

/** `reading`: what it held before the start is not known yet. */
export type JournalState = WriterState | { readonly kind: "reading" };

/** What people should know of it, as one line; undefined: it is written. */
export function journalNotice(journal: JournalState): string | undefined {
  const lost = "what is decided now is lost if the controller ends before it can be written";
  switch (journal.kind) {
    case "written":
      return undefined;
    case "failing":
      return `journal: it cannot be written (${journal.message}): ${lost}`;
    case "stuck":
      return `journal: its disk has not answered for ${Math.round(journal.forMs / 1_000)} s: ${lost}`;
    case "reading":
      return "journal: it is still being read: holds, pins and pauses in it are not known yet";
  }
}
