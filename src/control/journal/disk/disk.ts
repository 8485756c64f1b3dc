/*
 * Files, lines and segments live here. What a line says does not.
 */

/**
 * What the journal needs of a disk. Every call throws as `node:fs` does where it cannot be done, and may take for ever:
 * whoever calls bounds his own waiting. No call follows a pipe or a device: what is no plain file is refused at once.
 */
export interface Disk {
  /** With those above it, for its owner alone. One that is there is success. */
  makeDirectory(path: string): Promise<void>;
  /** Empty where there is no such directory. */
  list(directory: string): Promise<readonly DiskEntry[]>;
  /** From `offset` on, in pieces of bounded size. */
  read(file: string, offset?: number): AsyncIterable<Buffer>;
  /** For writing at its end; made where it is not there. */
  open(file: string): Promise<DiskFile>;
  /** What tells a file from another one that has taken its name; undefined: there is none. */
  identity(file: string): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** One that is gone is success. */
  remove(file: string): Promise<void>;
  /** That names in it outlive a loss of power. */
  syncDirectory(directory: string): Promise<void>;
}

export interface DiskEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "other";
  readonly bytes: number;
}

export interface DiskFile {
  readonly identity: string;
  /** All of it, or it throws; then a part of it may stand there. */
  write(text: string): Promise<void>;
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}
