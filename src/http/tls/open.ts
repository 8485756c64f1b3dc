import { hostname } from "node:os";
import { join } from "node:path";
import type { HttpLog } from "../web/log.js";
import { pairFiles } from "./files.js";
import { KeptPair } from "./kept-pair.js";
import type { Pair } from "./pair.js";
import { selfSigned } from "./self-signed.js";
import type { TlsSettings } from "./settings.js";
import type { TlsTelemetry } from "./source.js";

export interface TlsOptions {
  /** The data directory. */
  readonly data: string;
  /** What the listener is bound to, and what else it is called by. */
  readonly names: readonly string[];
  readonly log: HttpLog;
  readonly telemetry: TlsTelemetry;
  /** Epoch milliseconds (default the system's). */
  readonly now?: () => number;
  readonly pollMs?: number;
}

/** One is made long before its time: that is looked at seldom. */
const selfSignedPollMs = 600_000;

/** Throws FairleadError ConfigInvalid where there is no certificate that can be used. */
export async function openTls(settings: TlsSettings, options: TlsOptions): Promise<KeptPair> {
  const { data, names, log, telemetry, now = Date.now } = options;
  const pollMs = options.pollMs ?? (settings.kind === "files" ? undefined : selfSignedPollMs);
  const source =
    settings.kind === "files"
      ? pairFiles(settings, now)
      : selfSigned({ folder: join(data, "tls"), names: allNames(names), log, now });
  const kept = await KeptPair.open(source, { log, telemetry, now, ...(pollMs === undefined ? {} : { pollMs }) });
  log.info(
    told(kept.pair),
    settings.kind === "files" ? "hooks are taken over TLS" : "hooks are taken over TLS, with a self-signed certificate",
  );
  return kept;
}

/** Throws FairleadError ConfigInvalid for files that cannot be used; what is made here needs no look ahead. */
export async function checkPair(settings: TlsSettings | undefined): Promise<void> {
  if (settings?.kind === "files") await pairFiles(settings, Date.now).first();
}

function told({ fingerprint, pin, notAfter }: Pair) {
  return { fingerprint, pin, until: new Date(notAfter).toISOString() };
}

/** Those that a server on this host may be called by, as far as the host knows. */
function allNames(given: readonly string[]): readonly string[] {
  const names = ["localhost", hostname(), "127.0.0.1", "::1", ...given.filter((name) => !isAny(name))];
  return [...new Set(names)].filter((name) => /^[\w.:-]+$/.test(name));
}

function isAny(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
