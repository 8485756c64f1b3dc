/**
 * Notes that the engine keeps for controllers to agree by, outside of any service. Each is written once and never changed:
 * who writes a name second reads what the first has written. Names are of letters, digits, dots and dashes. Throws
 * FairleadError only.
 */
export interface Marks {
  /** Those whose name begins so, at one moment; a text is undefined where it went away meanwhile. */
  list(prefix: string): Promise<ReadonlyMap<string, string | undefined>>;
  /** Answers the text that stands there now: this one, or that of whoever came first. */
  put(name: string, text: string): Promise<string>;
  /** One that is gone is success. */
  remove(name: string): Promise<void>;
}
