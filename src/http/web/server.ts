/*
 * What any app of ours needs lives here. No route does.
 */

import { createServer, type RequestListener, type Server } from "node:http";
import { FairleadError } from "../../errors.js";
import { type Address, formatAddress } from "../../tools/address.js";
import { Connections } from "./connections.js";

export interface Listening {
  /** Where it really listens: port 0 has become a port. */
  readonly address: Address;
  /** Takes no new connection, lets answers under way finish for `graceMs`, then ends what is left. */
  readonly close: (graceMs: number) => Promise<void>;
}

/**
 * Starts one server. Its limits hold for whoever can connect: headers within 5 s, a whole request within 10 s, 5 s between
 * requests, and a bounded number of connections. Throws ConfigInvalid, naming the `setting`, where the address cannot be had.
 */
export async function startServer(
  handler: RequestListener,
  wanted: Address,
  setting: string,
  connections = new Connections(),
): Promise<Listening> {
  const server = createServer({
    headersTimeout: 5000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 5000,
  });
  connections.watch(server);
  const drain = drained(server);
  server.on("request", handler);
  await listening(server, wanted, setting);
  const bound = server.address();
  const address = bound !== null && typeof bound === "object" ? { host: bound.address, port: bound.port } : wanted;
  return { address, close: drain };
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
function drained(server: Server): Listening["close"] {
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
    });
  };
}
