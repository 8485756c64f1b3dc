import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FairleadError } from "../../errors.js";
import { readFault } from "../../tools/files/file-fault.js";
import { readPlain } from "../../tools/files/plain-file.js";
import type { Trust } from "./endpoint.js";

/** As TLS takes them: whom we trust (absent: the usual roots), and by whom we are known. */
export interface Certificates {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * What the settings say of a host, and what lies in its folder below `folder`, as the engine reads it: `*.crt` are trusted
 * besides the usual roots, `NAME.cert` and `NAME.key` are by whom we are known. Throws FairleadError ConfigInvalid.
 */
export async function certificatesFor(host: string, { ca, client }: Trust, folder: string): Promise<Certificates> {
  const own = join(folder, host);
  const names = await namesIn(own);
  const inFolder = names.filter((name) => name.endsWith(".crt")).map((name) => join(own, name));
  const trusted = ca === undefined ? inFolder : [...inFolder, ca];
  const known = client ?? pairIn(own, names);
  const roots =
    trusted.length === 0
      ? {}
      : { ca: [...(await usualRoots()), ...(await Promise.all(trusted.map(readCertificates)))] };
  if (known === undefined) return roots;
  const [cert, key] = await Promise.all([readCertificates(known.cert), readPem(known.key, "key")]);
  if (!key.includes("PRIVATE KEY-----")) throw wrong(known.key, "holds no PEM key");
  if (!belongTogether(cert, key)) throw wrong(known.key, `is not the key of ${known.cert}, or needs a password`);
  return { ...roots, cert, key };
}

function belongTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function usualRoots(): Promise<readonly string[]> {
  return (await import("node:tls")).rootCertificates;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw wrong(folder, "cannot be read", cause);
  }
}

/** The first pair; the engine tries one after the other, which TLS in Node does not. */
function pairIn(folder: string, names: readonly string[]) {
  const [cert] = names.filter((name) => name.endsWith(".cert"));
  if (cert === undefined) return undefined;
  const key = cert.replace(/\.cert$/, ".key");
  if (!names.includes(key)) throw wrong(join(folder, cert), `has no ${key} beside it`);
  return { cert: join(folder, cert), key: join(folder, key) };
}

async function readCertificates(path: string): Promise<string> {
  const pem = await readPem(path, "certificate");
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw wrong(path, "holds no PEM certificate");
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return (await readPlain(path)).toString("utf8");
  } catch (cause) {
    const { message, remedy } = readFault(path, cause);
    throw new FairleadError("ConfigInvalid", `the ${what} of a registry: ${message}`, { remedy, cause });
  }
}

function wrong(path: string, message: string, cause?: unknown): FairleadError {
  return new FairleadError("ConfigInvalid", `${path} ${message}`, {
    remedy:
      "correct `ca`, `cert` and `key` under `registries` in the settings file, the files in /etc/docker/certs.d, or their permissions",
    cause,
  });
}
