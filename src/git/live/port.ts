import type { Found, Print } from "./decision.js";
import type { Record } from "./record.js";

/** Something of git as it is kept: a file, or a link. */
export interface Original {
  readonly print: Print;
  /** Where it stands, whole. */
  readonly from: string;
}

export interface Like {
  readonly path: string;
  /** Absent: as that is. */
  readonly executable: boolean | undefined;
}

/**
 * The place where containers write, and a workshop beside it, which they do not see. Each call does one thing, and can be
 * the last. Whatever the place holds was made by a container: no link in it is ever followed. What the disk refuses is thrown
 * as Refused, anything else as it comes.
 */
export interface LiveDisk {
  readRecord(): Promise<Record | undefined>;
  /** Whole or not at all. */
  writeRecord(record: Record): Promise<void>;
  look(path: string): Promise<Found>;
  /** What the workshop holds under a name. */
  lookAside(name: string): Promise<Found>;
  /** Puts a copy into the workshop, whole or not at all, for the user and with the rights of what is at `like.path`. */
  stage(name: string, original: Original, like: Like): Promise<void>;
  /** Puts what is at the path into the workshop as well: the same file. False: that cannot be done here. */
  hold(path: string, name: string): Promise<boolean>;
  /** Puts a copy of what is at the path into the workshop. */
  copy(path: string, name: string): Promise<void>;
  /** Moves it to where there is nothing, or an empty folder, and makes the folders on the way. False: there is something. */
  place(name: string, path: string): Promise<boolean>;
  /** Moves it to the path in the place of what is held. False: there is something else by now. */
  replace(name: string, path: string, held: string): Promise<boolean>;
  /** Takes away what is held. False: there is something else by now. */
  remove(path: string, held: string): Promise<boolean>;
  /** Writes it into the very file, if that still holds what `was` does; absent: whatever it holds. */
  overwrite(path: string, name: string, was?: string): Promise<boolean>;
  /** Whether an overwriting was cut off: what is there is partly the one and partly the other. */
  isTorn(path: string, name: string, was: string): Promise<boolean>;
  setExecutable(path: string, executable: boolean): Promise<void>;
  /** Keeps it for people, beside what was kept for that path before; answers where. */
  keep(name: string, path: string): Promise<string>;
  /** Everything that is in the workshop goes. */
  clear(): Promise<void>;
  /** What was moved is on the disk. */
  flush(): Promise<void>;
}

/** The disk does not let us: nothing about it changes by trying again at once. */
export class Refused extends Error {
  constructor(
    readonly why: string,
    cause?: unknown,
  ) {
    super(why, { cause });
  }
}
