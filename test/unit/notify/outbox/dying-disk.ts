import type { Disk, DiskFile } from "../../../../src/control/journal/disk/disk.js";

export interface DyingDisk extends Disk {
  readonly isDead: () => boolean;
}

/** A disk of a process that ends at its nth call: what is written then is written in half, and nobody ever hears of it. */
export function dyingDisk(disk: Disk, calls: number): DyingDisk {
  let left = calls;
  const never = () => new Promise<never>(() => undefined);
  const live = async <T>(
    act: () => Promise<T>,
    atDeath: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<T> => {
    left -= 1;
    if (left < 0) return never();
    if (left > 0) return act();
    await atDeath();
    return never();
  };
  const opened = (file: DiskFile): DiskFile => ({
    identity: file.identity,
    write: (text) =>
      live(
        () => file.write(text),
        () => file.write(text.slice(0, text.length / 2)),
      ),
    // What is written stays when a process ends: it may end on either side of a sync.
    sync: () => live(() => file.sync()),
    truncate: (bytes) => live(() => file.truncate(bytes)),
    close: () => live(() => file.close()),
  });
  return {
    isDead: () => left <= 0,
    makeDirectory: (path) => live(() => disk.makeDirectory(path)),
    list: (directory) => live(() => disk.list(directory)),
    read: (file, offset) => disk.read(file, offset),
    open: (file) => live(async () => opened(await disk.open(file))),
    identity: (file) => live(() => disk.identity(file)),
    rename: (from, to) =>
      live(
        () => disk.rename(from, to),
        () => disk.rename(from, to),
      ),
    remove: (file) => live(() => disk.remove(file)),
    syncDirectory: (directory) => live(() => disk.syncDirectory(directory)),
  };
}
