import { stat } from "node:fs/promises";
import { FairleadError } from "../../errors.js";
import { invalidity, pairOf, type NamedText, type Pair } from "./pair.js";
import type { CertificateFile } from "./settings.js";
import { readPlain } from "../../tools/files/plain-file.js";
import { codeOf, readFault } from "../../tools/files/file-fault.js";
import type { PairSource } from "./source.js";

/** A chain and a key have some kilobytes. */
const largestFile = 1024 * 1024;

export interface PairFiles {
  readonly cert: CertificateFile;
  readonly key: CertificateFile;
}

/**
 * A pair in two files that others replace: by renaming, by links, or by writing into them. It is read once both have been
 * left alone from one look to the next: a file that ends between two certificates looks whole.
 */
export function pairFiles({ cert, key }: PairFiles, now: () => number): PairSource {
  /** What was there at the last look, and what was read. */
  const last = { seen: "", judged: "" };

  const read = async (): Promise<Pair> => pairOf(await textOf(cert), await textOf(key));
  const look = async () => (await Promise.all([versionOf(cert.path), versionOf(key.path)])).join(" ");

  return {
    first: async () => {
      const seen = await look();
      const pair = await read();
      last.seen = seen;
      last.judged = seen;
      return pair;
    },
    next: async (current) => {
      const seen = await look();
      const isSettled = seen === last.seen;
      last.seen = seen;
      if (!isSettled || seen === last.judged) return undefined;
      const result = await read().then(
        (pair) => ({ pair }),
        (thrown: unknown) => ({ thrown }),
      );
      if ((await look()) !== seen) return undefined;
      if ("pair" in result) {
        const { pair } = result;
        if (pair.chain === current.chain && pair.key.equals(current.key)) {
          last.judged = seen;
          return current;
        }
        // Time alone may make it good, or worse: it is judged again.
        const why = invalidity(pair, now());
        if (why !== undefined) throw refused(`${cert.place}: ${cert.path}: ${why}`, "put one there that is valid now");
        last.judged = seen;
        return pair;
      }
      last.judged = seen;
      throw result.thrown;
    },
  };
}

/** Another one as soon as anything has been written, or another file is found by that name. */
async function versionOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(":");
  } catch (thrown) {
    return codeOf(thrown) ?? "unknown error";
  }
}

async function textOf({ path, place }: CertificateFile): Promise<NamedText> {
  const name = `${place}: ${path}`;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw refused(`${name} is no file`, "name the file itself");
    if (found.size > largestFile) throw refused(`${name} is too large for a certificate`, "name the right file");
    // Bytes as they are: what is no text is found out by whoever reads it.
    return { name, text: (await readPlain(path)).toString("latin1") };
  } catch (thrown) {
    if (thrown instanceof FairleadError) throw thrown;
    const { message, remedy } = readFault(path, thrown);
    throw refused(`${place}: ${message}`, remedy);
  }
}

function refused(message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy, retry: "never" });
}
