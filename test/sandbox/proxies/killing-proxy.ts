import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Readable, type Duplex } from "node:stream";
import { endToEnd, forward, readAll } from "../network/forward.js";

export interface EngineCall {
  readonly method: string;
  /** Without the API version and the query: `/containers/create`. */
  readonly path: string;
  readonly query: string;
}

export type Phase = "before" | "after";

export interface KillingProxyOptions {
  /** Where it listens; a leftover socket there is replaced. */
  readonly socket: string;
  /** The engine's. */
  readonly upstreamSocket: string;
  /**
   * Called for the n-th changing call (from 1), and waited for: `before` it is sent to the engine, and `after` the whole
   * answer has come but nothing of it has been passed on. `drop` cuts the client's connection; before, the engine then
   * never hears of the call, after, the client never hears of its success.
   */
  readonly onChangingCall?: (n: number, call: EngineCall, phase: Phase) => Promise<"drop" | undefined>;
  /** Whether a line of the engine's event stream reaches the client; asked for each. Default: all do. */
  readonly passEvent?: (line: string) => boolean;
}

export interface KillingProxy {
  readonly host: `unix://${string}`;
  /** Every call that came, in order; those of the controllers' lease are passed on and not counted. */
  readonly calls: readonly EngineCall[];
  /** Every kind of call that ever came, as `METHOD /path`. */
  readonly made: ReadonlySet<string>;
  count(method: string, path: RegExp): number;
  /** How many calls that may change something have come. */
  changing(): number;
  /** Forgets the calls and starts to count from 1 again. */
  reset(): void;
  stop(): Promise<void>;
}

/** A proxy in front of an engine's socket that counts its calls, and lets a test act around each changing one. */
export async function killingProxy({
  socket,
  upstreamSocket,
  onChangingCall,
  passEvent,
}: KillingProxyOptions): Promise<KillingProxy> {
  const upstream = { socketPath: upstreamSocket };
  const calls: EngineCall[] = [];
  const made = new Set<string>();
  const tunnels = new Set<Duplex>();
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const call = parse(incoming);
    made.add(`${call.method} ${decodeURIComponent(call.path)}`);
    const request = call.path === "/volumes/create" ? await whole(incoming) : incoming;
    const isLease = isOfLease(call, request);
    if (!isLease) calls.push(call);
    if (isLease || !isChanging(call)) {
      const response = await forward(request, outgoing, upstream);
      outgoing.writeHead(response.statusCode ?? 502, endToEnd(response.headers)).flushHeaders();
      response.on("error", () => outgoing.destroy());
      if (call.path === "/events" && passEvent !== undefined) return sift(response, outgoing, passEvent);
      response.pipe(outgoing);
      return;
    }
    const n = calls.filter(isChanging).length;
    if ((await onChangingCall?.(n, call, "before")) === "drop" || outgoing.destroyed) return void outgoing.destroy();
    const response = await forward(request, outgoing, upstream);
    const body = await readAll(response);
    if ((await onChangingCall?.(n, call, "after")) === "drop") return void outgoing.destroy();
    const { "transfer-encoding": _chunked, ...headers } = endToEnd(response.headers);
    outgoing.writeHead(response.statusCode ?? 502, headers).end(body);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.on("upgrade", (incoming, client, head) => {
    const call = parse(incoming);
    calls.push(call);
    made.add(`${call.method} ${decodeURIComponent(call.path)}`);
    tunnels.add(client).add(tunnel(incoming, client, head, upstreamSocket));
  });
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    calls,
    made,
    count: (method, path) => calls.filter((call) => call.method === method && path.test(call.path)).length,
    changing: () => calls.filter(isChanging).length,
    reset: () => void calls.splice(0),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
        for (const stream of tunnels) stream.destroy();
      }),
  };
}

/** A request whose body is known before it is sent on. */
interface WholeRequest extends Readable {
  readonly text: string;
}

async function whole(incoming: IncomingMessage): Promise<IncomingMessage & WholeRequest> {
  const body = await readAll(incoming);
  const { method, url, headers } = incoming;
  const again = Object.assign(Readable.from([body]), { method, url, headers, text: body.toString() });
  return again as unknown as IncomingMessage & WholeRequest;
}

/** The volumes by which controllers agree who acts: they come and go by themselves, and are no part of a rollout. */
function isOfLease({ path }: EngineCall, request: IncomingMessage | WholeRequest): boolean {
  return path.startsWith("/volumes/fairlead-lease.") || ("text" in request && request.text.includes("fairlead-lease."));
}

/** Passes on those lines that may pass; the stream ends as the engine's does. */
async function sift(
  response: IncomingMessage,
  outgoing: ServerResponse,
  passes: (line: string) => boolean,
): Promise<void> {
  for await (const line of createInterface({ input: response })) if (passes(line)) outgoing.write(`${line}\n`);
  outgoing.destroy();
}

function parse({ method = "", url = "" }: IncomingMessage): EngineCall {
  const { pathname, search } = new URL(url, "http://engine");
  return { method, path: pathname.replace(/^\/v\d+\.\d+(?=\/)/, ""), query: search };
}

function isChanging({ method }: EngineCall): boolean {
  return method === "POST" || method === "PUT" || method === "DELETE";
}

/**
 * An attach or exec that takes its connection over: from its first byte on nothing is looked at. Not among the changing
 * calls that can be acted upon.
 */
function tunnel(incoming: IncomingMessage, client: Duplex, head: Buffer, socketPath: string): Duplex {
  const { method, url, rawHeaders } = incoming;
  const engine = connect(socketPath);
  engine.write(`${method ?? ""} ${url ?? ""} HTTP/1.1\r\n`);
  for (let at = 0; at < rawHeaders.length; at += 2) engine.write(`${rawHeaders[at]!}: ${rawHeaders[at + 1]!}\r\n`);
  engine.write("\r\n");
  engine.write(head);
  client.pipe(engine).pipe(client);
  engine.on("error", () => client.destroy());
  client.on("error", () => engine.destroy());
  return engine;
}
