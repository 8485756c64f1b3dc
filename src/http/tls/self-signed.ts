import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { asFairleadError, FairleadError } from "../../errors.js";
import { replaceFile } from "../../tools/files/replace-file.js";
import type { HttpLog } from "../web/log.js";
import { invalidity, pairOf, type Pair } from "./pair.js";
import type { PairSource } from "./source.js";

export interface SelfSignedOptions {
  /** Where certificate and key are kept: `cert.pem`, `key.pem`. */
  readonly folder: string;
  /** Names and addresses of this server. */
  readonly names: readonly string[];
  readonly log: HttpLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** The longest that all known clients take. */
const validityMs = 825 * dayMs;
const renewedBeforeMs = 30 * dayMs;
/** Clocks differ. */
const backdatedMs = dayMs;

/** A pair that is made here, once, and kept. Its key outlives the certificates. */
export function selfSigned(options: SelfSignedOptions): PairSource {
  const { folder, log, now } = options;
  return {
    first: async () => {
      const kept = await keptIn(folder);
      if (kept.pair !== undefined && isFresh(kept.pair, now())) return kept.pair;
      const made = await make(options, kept.key);
      if (kept.isNew) return made;
      tell(log, made, kept.pair === undefined ? kept.why : "the one before has come to its end");
      return made;
    },
    next: async (current) => {
      if (isFresh(current, now())) return current;
      const { key } = await keptIn(folder);
      const made = await make(options, key ?? createPrivateKey(current.key.reveal()));
      tell(log, made, "the one before has come to its end");
      return made;
    },
  };
}

/** Certificates may be pinned by whoever calls. */
function tell(log: HttpLog, { fingerprint, pin }: Pair, reason: string): void {
  log.warn(
    { fingerprint, pin, reason },
    "the self-signed certificate is a new one: whoever has noted its fingerprint needs the new one",
  );
}

function isFresh(pair: Pair, now: number): boolean {
  return invalidity(pair, now) === undefined && pair.notAfter - now > renewedBeforeMs;
}

interface Kept {
  /** Undefined: it cannot be used; `why` says why. */
  readonly pair?: Pair;
  readonly key?: KeyObject;
  readonly why: string;
  /** Nothing has ever been there. */
  readonly isNew: boolean;
}

async function keptIn(folder: string): Promise<Kept> {
  const isNew = !(await exists(folder));
  if (isNew) return { why: "", isNew };
  const { cert: certFile, key: keyFile } = filesIn(folder);
  const read = (path: string) => readFile(path, "latin1").catch(() => undefined);
  const [cert, key] = [await read(certFile), await read(keyFile)];
  const privateKey = key === undefined ? undefined : keyOf(key);
  if (privateKey !== undefined) await chmod(keyFile, 0o600).catch(() => undefined);
  const given = privateKey === undefined ? {} : { key: privateKey };
  if (cert === undefined || key === undefined) {
    return { ...given, why: `${cert === undefined ? certFile : keyFile} was lost`, isNew };
  }
  try {
    return { ...given, pair: pairOf({ name: certFile, text: cert }, { name: keyFile, text: key }), why: "", isNew };
  } catch (thrown) {
    return { ...given, why: asFairleadError(thrown).message, isNew };
  }
}

function keyOf(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(text);
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
  } catch {
    return undefined;
  }
}

async function make({ folder, names, now }: SelfSignedOptions, kept: KeyObject | undefined): Promise<Pair> {
  const key = kept ?? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const { selfMade } = await import("./self-made.js");
  const from = now() - backdatedMs;
  const cert = selfMade({ key, names, notBefore: from, notAfter: from + validityMs });
  const keyText = key.export({ type: "pkcs8", format: "pem" }).toString();
  const files = filesIn(folder);
  try {
    // The key first: a certificate that does not fit is made anew for it.
    await replaceFile(files.key, keyText);
    await replaceFile(files.cert, cert);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
    throw new FairleadError("ConfigInvalid", `the self-signed certificate cannot be kept in ${folder} (${code})`, {
      remedy: "let the user that runs Fairlead write there; --data names another data directory",
    });
  }
  return pairOf({ name: files.cert, text: cert }, { name: files.key, text: keyText });
}

function filesIn(folder: string) {
  return { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
