import { access, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FairleadError } from "../../errors.js";
import { makeFolder, whyNoFolder } from "../../tools/folder.js";

/** What the lock asks of the disk that a directory is on. Each call throws as `node:fs` does, and may take for ever. */
export interface DirectoryDisk {
  /** Made where it is not there, for its owner alone. Throws FairleadError `ConfigInvalid` where there can never be one. */
  open(directory: string): Promise<OpenDirectory>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
}

export interface OpenDirectory {
  readonly descriptor: number;
  /** The same for every process of this boot that opens this directory, whatever path it has there. */
  readonly identity: string | undefined;
  close(): Promise<void>;
}

/** The real one. */
export const directoryDisk: DirectoryDisk = {
  open: async (directory) => {
    // Where a journal lies already, it was right once: that it cannot be written now stops nobody.
    const isKnown = await access(join(directory, "journal")).then(
      () => true,
      () => false,
    );
    const fault = await whyNoFolder(directory, !isKnown);
    if (fault !== undefined) throw new FairleadError("ConfigInvalid", fault.message, { remedy: fault.remedy });
    await makeFolder(directory, { mode: 0o700 });
    const handle = await open(directory, "r");
    const { dev, ino } = await handle.stat();
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
    const identity = boot === undefined ? undefined : `${boot.trim()}:${dev}:${ino}`;
    return { descriptor: handle.fd, identity, close: () => handle.close() };
  },
  read: (file) => readFile(file, "utf8"),
  write: (file, text) => writeFile(file, text, { mode: 0o600 }),
};
