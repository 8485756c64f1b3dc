/** Compose's tags for files that are merged over others. */
export type MergeTag = "reset" | "override";

/**
 * A value tagged `!reset` or `!override`, where it stands among a document's values. It is a value like any other until
 * all files are merged, so that whatever is made of the values has it too.
 */
export class Marked {
  constructor(
    readonly tag: MergeTag,
    readonly value: unknown,
  ) {}
}
