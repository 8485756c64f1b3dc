/*
 * What any app of ours needs lives here. No route does.
 */

import { createServer, type RequestListener, type Server } from "node:http";
import { Server as SecureServer } from "node:https";
import { FairleadError } from "../../errors.js";
import { type Address, formatAddress } from "../../tools/address.js";
import { Connections } from "./connections.js";
import { contextOf, secureServer, type Credentials } from "./secure.js";

const limits = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 5000,
};

export interface Listening {
  /** Where it really listens: port 0 has become a port. */
  readonly address: Address;
  /** From now on new connections get these; those that are open keep theirs. Of a server that speaks TLS only. */
  readonly renew: (credentials: Credentials) => void;
  /** Takes no new connection, lets answers under way finish for `graceMs`, then ends what is left. */
  readonly close: (graceMs: number) => Promise<void>;
}

export interface Serving {
  readonly connections?: Connections;
  /** Absent: plain HTTP. */
  readonly tls?: {
    readonly credentials: Credentials;
    /** Told of each connection that ended before it spoke TLS, with the error's code. */
    readonly failed: (why: string) => void;
  };
}

/**
 * Starts one server. Its limits hold for whoever can connect: TLS spoken within 5 s, headers within 5 s, a whole request
 * within 10 s, 5 s between requests, and a bounded number of connections. Throws ConfigInvalid, naming the `setting`, where the address cannot be had.
 */
export async function startServer(
  handler: RequestListener,
  wanted: Address,
  setting: string,
  { connections = new Connections(), tls }: Serving = {},
): Promise<Listening> {
  const server = tls === undefined ? createServer(limits) : secureServer(limits, tls.credentials);
  connections.watch(server);
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => tls?.failed(error.code ?? "unknown error"));
  const drain = drained(server, connections);
  server.on("request", handler);
  await listening(server, wanted, setting);
  const bound = server.address();
  const address = bound !== null && typeof bound === "object" ? { host: bound.address, port: bound.port } : wanted;
  const renew = (credentials: Credentials) => {
    if (server instanceof SecureServer) server.setSecureContext(contextOf(credentials));
  };
  return { address, renew, close: drain };
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there: stop it, or choose another port",
  EADDRNOTAVAIL: "this host has no such address: choose one of its own, or 0.0.0.0 for all of them",
  EACCES: "this user may not listen there: choose a port from 1024 on, or run it as root (sudo)",
  ENOTFOUND: "that name leads to no address: write an address of this host",
  EAI_AGAIN: "that name cannot be looked up now: write an address of this host",
};

function listening(server: Server, { host, port }: Address, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new FairleadError("ConfigInvalid", `${setting}: cannot listen on ${formatAddress({ host, port })}`, {
          remedy:
            remedies[cause.code ?? ""] ??
            `choose an address of this host that this user may listen on (${cause.code ?? cause.message})`,
          retry: "never",
          cause,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

/** Node closes idle connections once, when `close` is called: those that fall idle later are ours to close. */
function drained(server: Server, connections: Connections): Listening["close"] {
  const lifetime = { closing: false };
  server.on("request", (_req, res) => {
    res.once("close", () => {
      if (lifetime.closing)
        setImmediate(() => {
          server.closeIdleConnections();
        });
    });
  });
  return (graceMs) => {
    lifetime.closing = true;
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      connections.endUnsettled();
    });
  };
}
