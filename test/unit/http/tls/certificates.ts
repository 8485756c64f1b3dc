import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { selfMade } from "../../../../src/http/tls/self-made.js";
import type { TlsTelemetry } from "../../../../src/http/tls/source.js";

export const dayMs = 86_400_000;

export interface Made {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** Valid from yesterday until in a year, unless that is said otherwise. */
export function make({
  from = Date.now() - dayMs,
  until = Date.now() + 365 * dayMs,
  names = ["localhost", "127.0.0.1"] as readonly string[],
} = {}): Made {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  return {
    cert: selfMade({ key, names, notBefore: from, notAfter: until }),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** The same key, with a passphrase. */
export function encrypted({ key }: Made, type: "pkcs8" | "sec1"): string {
  return createPrivateKey(key).export({ type, format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-tls-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** In a folder of their own, as settings name them. */
export function filesOf({ cert, key }: Made, folder = temporaryFolder()) {
  const paths = { cert: join(folder, "fullchain.pem"), key: join(folder, "key.pem") };
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
  return {
    kind: "files" as const,
    folder,
    cert: { path: paths.cert, place: "tls.cert" },
    key: { path: paths.key, place: "tls.key" },
  };
}

export function memoryTelemetry(): TlsTelemetry & { ends: number; refused: boolean; failures: number } {
  const seen = { ends: 0, refused: false, failures: 0 };
  return Object.assign(seen, {
    certificateEnds: (at: number) => void (seen.ends = at),
    certificateRefused: (isRefused: boolean) => void (seen.refused = isRefused),
    handshakeFailed: () => void (seen.failures += 1),
  });
}
