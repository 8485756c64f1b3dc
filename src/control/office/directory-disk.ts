import { access, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FairleadError } from "../../errors.js";
import { makeFolder, whyNoFolder } from "../../tools/files/folder.js";

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

/** The same for every process of this boot that opens this directory. */
export async function identityOf({
  dev,
  ino,
}: {
  readonly dev: number;
  readonly ino: number;
}): Promise<string | undefined> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  return boot === undefined ? undefined : `${boot.trim()}:${dev}:${ino}`;
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
    const identity = await identityOf(await handle.stat());
    return { descriptor: handle.fd, identity, close: () => handle.close() };
  },
  read: (file) => readFile(file, "utf8"),
  write: (file, text) => writeFile(file, text, { mode: 0o600 }),
};
