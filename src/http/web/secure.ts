import { constants } from "node:crypto";
import type { Server, ServerOptions } from "node:http";
import { createServer } from "node:https";
import type { SecureContextOptions } from "node:tls";
import type { Secret } from "../../tools/secret.js";

/** What a server proves by who it is. */
export interface Credentials {
  /** PEM: its own certificate, and then those between it and its authority. */
  readonly chain: string;
  /** PEM. */
  readonly key: Secret;
}

/** The whole of TLS's beginning, as long as headers may take. */
const handshakeTimeoutMs = 5000;

/** Those of TLS 1.2 with forward secrecy and authenticated encryption, and all of TLS 1.3. */
const ciphers = [
  ...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
  ...["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"],
  ...["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
].join(":");

/** HTTP/1.1 over TLS 1.2 and 1.3. */
export function secureServer(options: ServerOptions, credentials: Credentials): Server {
  return createServer({ ...options, ...contextOf(credentials), handshakeTimeout: handshakeTimeoutMs });
}

/** What is said of TLS, whatever `NODE_OPTIONS` says. */
export function contextOf({ chain, key }: Credentials): SecureContextOptions {
  return {
    ...{ cert: chain, key: key.reveal(), ciphers },
    ...{ minVersion: "TLSv1.2", maxVersion: "TLSv1.3" },
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
