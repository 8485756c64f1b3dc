import type { IncomingMessage } from "node:http";
import { FairleadError } from "../errors.js";
import { type Address, parseAddress } from "../tools/address.js";
import { isLoopback } from "../tools/loopback.js";
import { adminApp, type AdminOptions } from "./admin/admin.js";
import { SelfDelivery } from "./delivery/self.js";
import { hooksApp, type HooksOptions } from "./hooks/hooks.js";
import { FailedHandshakes } from "./tls/failed-handshakes.js";
import type { KeptPair } from "./tls/kept-pair.js";
import type { TlsTelemetry } from "./tls/source.js";
import { type ConnectionLimits, Connections } from "./web/connections.js";
import type { HttpLog } from "./web/log.js";
import { type Serving, startServer } from "./web/server.js";

export interface ListenOptions {
  /** `host:port`; the only listener meant for the internet. */
  readonly hooksListen: string;
  /** `host:port`; beyond loopback only with a token. */
  readonly adminListen: string;
  /** What has named the two, for messages: a flag, a variable, or a place in the settings file. */
  readonly places: { readonly hooks: string; readonly admin: string };
  /** Where the internet reaches the hooks. Absent: nobody has said. */
  readonly externalUrl?: string | undefined;
  readonly hooks: Omit<HooksOptions, "proven" | "self"> & {
    readonly connections?: ConnectionLimits;
    /** Absent: plain HTTP. */
    readonly tls?: Tls | undefined;
  };
  readonly admin: Omit<AdminOptions, "closing" | "proven" | "self"> & { readonly connections?: ConnectionLimits };
}

export interface Tls {
  /** Newer ones are taken while it listens. */
  readonly pair: KeptPair;
  readonly telemetry: TlsTelemetry;
}

export interface Listeners {
  readonly hooks: Address;
  readonly admin: Address;
  /** Answers under way are finished first, for at most `graceMs` (default 5000). */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** Starts both servers, or neither. Throws ConfigInvalid. */
export async function listen(options: ListenOptions): Promise<Listeners> {
  const { places } = options;
  const hooksAddress = parseAddress(options.hooksListen);
  const adminAddress = parseAddress(options.adminListen);
  assertGuarded(options.adminListen, places.admin, options.admin);

  const closing = new AbortController();
  const { externalUrl } = options;
  const ca = () => options.hooks.tls?.pair.pair.chain;
  const self = externalUrl === undefined ? undefined : new SelfDelivery({ externalUrl, ca });
  const operators = new Connections(options.admin.connections);
  const operatorsApp = adminApp({ ...options.admin, self, closing: closing.signal, proven: provenIn(operators) });
  const admin = await startServer(operatorsApp, adminAddress, places.admin, { connections: operators });
  const senders = new Connections(options.hooks.connections);
  const sendersApp = hooksApp({ ...options.hooks, self, proven: provenIn(senders) });
  const { tls, log } = options.hooks;
  const hooks = await startServer(sendersApp, hooksAddress, places.hooks, {
    connections: senders,
    ...(tls === undefined ? {} : { tls: secureWith(tls, log) }),
  }).catch(async (thrown: unknown) => {
    await admin.close(0);
    throw thrown;
  });
  tls?.pair.watch(hooks.renew, closing.signal);
  return {
    hooks: hooks.address,
    admin: admin.address,
    close: async (graceMs = 5000) => {
      closing.abort();
      await Promise.all([hooks.close(graceMs), admin.close(graceMs)]);
    },
  };
}

function secureWith({ pair, telemetry }: Tls, log: HttpLog): Serving["tls"] & object {
  const failures = new FailedHandshakes(log, telemetry);
  return {
    credentials: pair.pair,
    failed: (why) => {
      failures.add(why);
    },
  };
}

function provenIn(connections: Connections): (req: IncomingMessage) => void {
  return ({ socket }) => {
    connections.prove(socket);
  };
}

/**
 * `place`: what has named the address. Throws ConfigInvalid: beyond loopback whoever comes by has to show a token, and a second
 * token says nothing where there is no first one, or the same.
 */
export function assertGuarded(
  adminListen: string,
  place: string,
  { token, readToken }: Pick<AdminOptions, "token" | "readToken">,
): void {
  const isGuarded = token?.isEmpty === false;
  if (readToken?.isEmpty === false && (!isGuarded || readToken.equals(token))) {
    const what = isGuarded
      ? "the token that may only look is the admin token"
      : "there is a token that may only look, and no admin token";
    throw new FairleadError("ConfigInvalid", what, {
      remedy: "name a file that holds another one with --admin-token-file, or leave --admin-read-token-file out",
      retry: "never",
    });
  }
  if (isGuarded || isLoopback(parseAddress(adminListen).host)) return;
  throw new FairleadError("ConfigInvalid", `${place}: ${adminListen} is beyond loopback, and there is no admin token`, {
    remedy: "name a file that holds one with --admin-token-file, set FAIRLEAD_ADMIN_TOKEN, or listen on 127.0.0.1:8421",
    retry: "never",
  });
}
