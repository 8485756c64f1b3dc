import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";

/** A program's clock on the wall that can be set while it runs; what counts forward in it, and files' times, stay true. */
export interface MovableClock {
  /** To be given to the program. */
  readonly env: Readonly<Record<string, string>>;
  /** From within a second on, so much ahead of the true time. */
  set(aheadSeconds: number): Promise<void>;
}

const libraries = ["x86_64", "aarch64", "arm"].flatMap((architecture) =>
  ["gnu", "gnueabihf"].map((abi) => `/usr/lib/${architecture}-linux-${abi}/faketime/libfaketime.so.1`),
);

/** Takes the package `faketime`. `file` is written to. */
export async function movableClock(file: string): Promise<MovableClock> {
  const library = libraries.find((path) => existsSync(path));
  if (library === undefined) throw new Error("libfaketime is not where Debian puts it");
  const set = (aheadSeconds: number) => writeFile(file, `${aheadSeconds < 0 ? "" : "+"}${aheadSeconds}\n`);
  await set(0);
  return {
    set,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    },
  };
}
