/*
 * What `fairlead doctor` looks at lives here: one file for each kind of check, all in the table `checks.ts`. Nothing here
 * mends or changes anything, and nothing here opens a connection: that is what the instruments are for.
 */

import type { Instruments } from "./instruments.js";

export interface Verdict {
  /** Absent: the check's own. */
  readonly name?: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do, as a sentence without its end; where it is not well, and where there is something to be had. */
  readonly remedy?: string;
}

export interface Finding extends Verdict {
  readonly name: string;
}

export interface Check {
  readonly name: string;
  /** How long it may take. */
  readonly timeoutMs: number;
  /** What to do where it takes longer. */
  readonly whenSlow: string;
  /** Throws FairleadError: it is not well, with the error's own words. */
  readonly look: (instruments: Instruments) => Promise<readonly Verdict[]>;
}

export function well(message: string, more: Pick<Verdict, "name" | "remedy"> = {}): Verdict {
  return { ...more, ok: true, message };
}

export function ill(message: string, remedy: string, more: Pick<Verdict, "name"> = {}): Verdict {
  return { ...more, ok: false, message, remedy };
}
