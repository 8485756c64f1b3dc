export interface FileStat {
  readonly size: number;
  /** Epoch ms, without fractions. */
  readonly modifiedAt: number;
}

/** The files of the host, as far as they can be seen from here. */
export interface HostFiles {
  /** Undefined: there is none that can be seen, or it is neither a plain file nor a folder. Never rejects. */
  look(path: string): Promise<HostFile | undefined>;
  /** Identifies what a plain file holds. Undefined: it cannot be read. Never rejects. */
  contentOf(path: string): Promise<string | undefined>;
  /** A folder with all that is in it. Undefined: it is not there, or no folder. Never rejects. */
  survey(path: string): Promise<HostFolder | "too-large" | undefined>;
}

export interface HostFile extends FileStat {
  readonly kind: "file" | "folder";
  /** Tells it from any other file that has been at its path meanwhile. */
  readonly identity: string;
  /** Since when everything about it has been as it is, its name included. Epoch ms. */
  readonly changedAt: number;
}

export interface HostFolder {
  /** Another one: something in it has changed. */
  readonly print: string;
  /** Since when everything in it has been as it is. Epoch ms. */
  readonly changedAt: number;
  /** Identifies names and contents. */
  content(): Promise<string | undefined>;
}
