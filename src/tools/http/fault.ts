type FaultKind = "dns" | "reach" | "refused" | "timeout" | "cut" | "certificate" | "not-tls" | "other";

/** No answer came. `message` completes a sentence that begins with the host. */
export class ConnectionFault extends Error {
  constructor(
    readonly kind: FaultKind,
    readonly host: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

const patterns: readonly (readonly [RegExp, FaultKind, string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN|EAI_)/, "dns", "cannot be resolved to an address"],
  [
    /^EOUTOFREACH$/,
    "reach",
    "stands at a private, loopback or link-local address, where this registry may send nobody",
  ],
  [/^ECONNREFUSED$/, "refused", "refuses connections"],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/, "refused", "is not reachable from here"],
  [/^(ETIMEDOUT|TimeoutError)$/, "timeout", "gave no answer"],
  [/^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_)/, "not-tls", "does not speak TLS as expected"],
  [/CERT|SELF_SIGNED|VERIFY|ISSUER|^ERR_TLS_/, "certificate", "has a certificate that is not trusted"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, "cut", "cut the connection"],
  [/^HPE_/, "other", "does not answer in HTTP"],
];

/** What Node's sockets, its HTTP and TLS throw, as one of few kinds. */
export function connectionFault(thrown: unknown, host: string, timeoutMs?: number): ConnectionFault {
  const code = codeOf(thrown);
  const [, kind, text] = patterns.find(([pattern]) => pattern.test(code)) ?? [undefined, "other", messageOf(thrown)];
  if (kind === "timeout") {
    const within = timeoutMs === undefined ? "in time" : `within ${timeoutMs / 1000} s`;
    return new ConnectionFault(kind, host, `${text} ${within}`, thrown);
  }
  if (kind === "certificate" || kind === "not-tls") return new ConnectionFault(kind, host, `${text} (${code})`, thrown);
  return new ConnectionFault(kind, host, text, thrown);
}

/** A closed TLS handshake has no code of its own. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const { code } = thrown as Error & { code?: unknown };
  return typeof code === "string" ? code : thrown.name;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : "failed in an unknown way";
}
