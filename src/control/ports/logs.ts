export interface LogQuery {
  readonly follow: boolean;
  /** So many lines from the end; absent: all. */
  readonly tail?: number | undefined;
  /** Only lines of this time or later, ISO 8601. */
  readonly since?: string | undefined;
}

export interface LogLine {
  /** The engine's time, ISO 8601 in UTC with nine decimals: as text it sorts in order of time. */
  readonly at: string;
  /** A container with a terminal has only `stdout`. */
  readonly stream: "stdout" | "stderr";
  /** Without its line break; 64 KiB at the most. */
  readonly text: string;
}
