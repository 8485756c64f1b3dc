/*
 * What `fairlead journal` sees on the disk lives here. Nothing is changed there, and no controller is disturbed.
 */

/** What of a file cannot be read. */
export interface Lost {
  /** The first line and the first byte of it, from 1 and from 0. */
  readonly line: number;
  readonly byte: number;
  readonly lines: number;
  readonly bytes: number;
  /**
   * `torn`: the file ends before the line does. `damaged`: a line does not fit its checksum, or says nothing that is known.
   * `too-long`: no line that is written comes near it. `unreadable`: the file, from there on.
   */
  readonly what: "torn" | "damaged" | "too-long" | "unreadable";
  /** Of an unreadable file: what the disk says. */
  readonly why?: string;
  /** ISO 8601: what stands before and after it was decided then. Absent: nothing does. */
  readonly after?: string;
  readonly before?: string;
  /** What it seems to have been, as far as its text tells; nothing more than a guess. */
  readonly kinds: readonly string[];
  readonly services: readonly string[];
  /** `nothing`: what was in force stands once more behind it, or it never told of that. `perhaps`: it may be forgotten. */
  readonly inForce: "nothing" | "perhaps";
}

export interface FileFindings {
  readonly file: string;
  readonly bytes: number;
  readonly lines: {
    /** How services stood when the segment began. */
    readonly states: number;
    readonly decisions: number;
    /** Of earlier segments, for those who are told of them, and the steps of runs. */
    readonly past: number;
  };
  /** ISO 8601: the first and the last decision. Absent: there is none. */
  readonly from?: string;
  readonly to?: string;
  readonly lost: readonly Lost[];
  /** What is there, and not as it was written: in words. */
  readonly oddities: readonly string[];
}
