import type { Server } from "node:http";
import { Server as SecureServer } from "node:https";
import { ipKeyGenerator } from "express-rate-limit";

export interface ConnectionLimits {
  /** Of one server. */
  readonly total: number;
  /** From one IPv4 address or IPv6 /56. */
  readonly perAddress: number;
  /** The same, of an address from which somebody knew a secret: a reverse proxy has one for all its senders. */
  readonly perKnownAddress: number;
  /** Of those that no secret has been known on, from addresses that have never known one. */
  readonly strangers: number;
}

/** Senders need a handful; it is strangers that need many. */
export const connectionLimits: ConnectionLimits = {
  ...{ total: 1024, perAddress: 128, perKnownAddress: 512 },
  strangers: 409,
};

/** So many addresses are remembered as those of senders that knew a secret. */
const rememberedAddresses = 1024;

/** What there is to know of a socket here. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  once(event: "close", listener: () => void): unknown;
  destroy(): unknown;
}

interface Connection {
  readonly peer: Peer;
  readonly address: string;
  /** The other end: no two of one server are open at once. */
  readonly end: string;
  /** It speaks TLS, or need not. */
  settled: boolean;
  /** A request on it came with a valid secret. */
  proven: boolean;
  /** Requests on it that have no answer yet. */
  underWay: number;
}

/**
 * Who may stay connected. A new connection is not turned away because strangers hold theirs: where there are too many, one
 * of them is closed for it, the oldest first. Those of senders that know a secret are no stranger's to displace.
 */
export class Connections {
  /** The oldest first. */
  readonly #open = new Map<Peer, Connection>();
  readonly #ends = new Map<string, Connection>();
  /** TLS speaks through a socket of its own, over the one that has connected. */
  readonly #overTls = new WeakMap<Peer, Connection>();
  readonly #perAddress = new Map<string, number>();
  /** Addresses of senders that knew a secret; the one that was heard of longest ago first. */
  readonly #known = new Set<string>();

  constructor(private readonly limits: ConnectionLimits = connectionLimits) {}

  /** Keeps a server's connections within the limits from now on. */
  watch(server: Server): void {
    // The last resort: one place is left for whoever comes while another is being closed.
    server.maxConnections = this.limits.total;
    const isSecure = server instanceof SecureServer;
    server.on("connection", (socket) => {
      this.admit(socket, !isSecure);
    });
    server.on("secureConnection", (socket: Peer) => {
      this.secured(socket);
    });
    server.on("request", (req, res) => {
      const done = this.begin(req.socket);
      res.once("close", done);
    });
  }

  /** `settled`: it has not to speak TLS first. */
  admit(peer: Peer, settled = true): void {
    const address = ipKeyGenerator(peer.remoteAddress ?? "");
    const connection = { peer, address, end: endOf(peer), settled, proven: false, underWay: 0 };
    this.#open.set(peer, connection);
    this.#ends.set(connection.end, connection);
    this.#perAddress.set(address, this.#countOf(address) + 1);
    peer.once("close", () => {
      this.#forget(connection);
    });
    const { perAddress, perKnownAddress } = this.limits;
    if (this.#countOf(address) > (this.#known.has(address) ? perKnownAddress : perAddress)) {
      this.#makeRoom(connection, (one) => one.address === address);
    }
    if (this.#strangers() > this.limits.strangers) this.#makeRoom(connection, (one) => this.#isStranger(one));
    if (this.#open.size >= this.limits.total) this.#makeRoom(connection, () => true);
  }

  /** A connection speaks TLS: this is the socket that its requests will name. */
  secured(peer: Peer): void {
    const connection = this.#ends.get(endOf(peer));
    if (connection === undefined) return;
    connection.settled = true;
    this.#overTls.set(peer, connection);
  }

  /** Those that have not come to speak TLS have nothing under way. */
  endUnsettled(): void {
    for (const one of [...this.#open.values()]) if (!one.settled) this.#end(one);
  }

  /** A request has come; to be told when it has its answer. */
  begin(peer: Peer): () => void {
    const connection = this.#of(peer);
    if (connection === undefined) return () => undefined;
    connection.underWay += 1;
    return () => {
      connection.underWay -= 1;
    };
  }

  /** A request on this connection knew a secret: it goes before others, and its address before unknown ones. */
  prove(peer: Peer): void {
    const connection = this.#of(peer);
    if (connection === undefined) return;
    connection.proven = true;
    this.#known.delete(connection.address);
    this.#known.add(connection.address);
    const [oldest] = this.#known;
    if (this.#known.size > rememberedAddresses && oldest !== undefined) this.#known.delete(oldest);
  }

  #makeRoom(newcomer: Connection, belongs: (one: Connection) => boolean): void {
    const isKnown = this.#known.has(newcomer.address);
    const victim =
      this.#oldest((one) => one !== newcomer && belongs(one) && this.#isStranger(one)) ??
      this.#oldest((one) => one !== newcomer && belongs(one) && !one.proven && isKnown) ??
      this.#oldest((one) => belongs(one) && one.proven && one.underWay === 0 && isKnown) ??
      newcomer;
    this.#end(victim);
  }

  #end(connection: Connection): void {
    this.#forget(connection);
    connection.peer.destroy();
  }

  /** That which is open on this socket, or beneath it. */
  #of(peer: Peer): Connection | undefined {
    const connection = this.#open.get(peer) ?? this.#overTls.get(peer);
    return connection !== undefined && this.#open.has(connection.peer) ? connection : undefined;
  }

  #oldest(fits: (one: Connection) => boolean): Connection | undefined {
    for (const one of this.#open.values()) if (fits(one)) return one;
    return undefined;
  }

  #isStranger({ proven, address }: Connection): boolean {
    return !proven && !this.#known.has(address);
  }

  #strangers(): number {
    let count = 0;
    for (const one of this.#open.values()) if (this.#isStranger(one)) count += 1;
    return count;
  }

  #forget(connection: Connection): void {
    const { peer, address, end } = connection;
    if (!this.#open.delete(peer)) return;
    if (this.#ends.get(end) === connection) this.#ends.delete(end);
    const left = this.#countOf(address) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }

  #countOf(address: string): number {
    return this.#perAddress.get(address) ?? 0;
  }
}

function endOf({ remoteAddress = "", remotePort = 0 }: Peer): string {
  return `${remoteAddress} ${remotePort}`;
}
