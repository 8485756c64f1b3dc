/** A tag of the image's repository that is moved to what has proved itself (`x-fairlead.promote`). */
export interface TagPromotion {
  readonly tag: string;
  /** A pattern of the tag that is followed: only what comes from one that fits is promoted. Absent: from any. */
  readonly from?: string;
}
