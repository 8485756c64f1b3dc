import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { endToEnd, forward } from "../network/forward.js";

/** What happens to a request instead of, or on top of, being passed on. */
export type Fault =
  /** An answer in the registry's error format. 401 asks for Basic unless `headers` say otherwise. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly code?: string }
  /** Passed on, but the connection is cut after so many bytes of the answer's body; default half of it. */
  | { readonly cut: number | "half" }
  /** The connection is cut before any answer. `down` refuses connections altogether. */
  | { readonly reset: true }
  /** The answer to another path. */
  | { readonly instead: string }
  /** Passed on after a while. */
  | { readonly delayMs: number }
  /** Passed on, no faster than so many bytes of the answer's body a second. */
  | { readonly perSecond: number };

export interface RequestMatch {
  readonly method?: string;
  /** Tested against the path with its query. */
  readonly path?: RegExp;
}

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export interface FaultProxy {
  readonly url: string;
  readonly host: string;
  readonly requests: readonly SeenRequest[];
  count(match?: RequestMatch): number;
  forget(): void;
  /** From now on, for the next `times` matching requests (default all). The newest rule that matches wins. */
  inject(match: RequestMatch, fault: Fault, times?: number): void;
  /** Removes all faults. */
  heal(): void;
  /** Refuses connections, and cuts those that are open, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

interface Rule {
  readonly match: RequestMatch;
  readonly fault: Fault;
  left: number;
}

/** A proxy on a loopback port in front of a registry, through which it fails as scripted. */
export async function faultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const upstream = { host: target.hostname, port: Number(target.port || 80) };
  const requests: SeenRequest[] = [];
  const rules: Rule[] = [];
  const server = createServer((incoming, outgoing) => {
    const seen = { method: incoming.method ?? "", path: incoming.url ?? "" };
    requests.push(seen);
    const rule = rules.findLast((candidate) => candidate.left > 0 && matches(seen, candidate.match));
    if (rule !== undefined) rule.left -= 1;
    void answer(incoming, outgoing, rule?.fault).catch(() => outgoing.destroy());
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined) => {
    if (fault !== undefined && "reset" in fault) return void outgoing.destroy();
    if (fault !== undefined && "status" in fault) {
      incoming.resume();
      refuse(outgoing, fault);
      return;
    }
    if (fault !== undefined && "delayMs" in fault) await sleep(fault.delayMs);
    if (fault !== undefined && "instead" in fault) incoming.url = fault.instead;
    const response = await forward(incoming, outgoing, upstream);
    outgoing.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
    if (fault !== undefined && "perSecond" in fault) await passSlowly(response, outgoing, fault.perSecond);
    else if (fault !== undefined && "cut" in fault) await passThenCut(response, outgoing, fault.cut);
    else response.pipe(outgoing);
  };
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    count: (match = {}) => requests.filter((seen) => matches(seen, match)).length,
    forget: () => void requests.splice(0),
    inject: (match, fault, times = Infinity) => void rules.push({ match, fault, left: times }),
    heal: () => void rules.splice(0),
    down,
    up: () => listen(port),
    stop: down,
  };
}

function matches(seen: SeenRequest, { method, path }: RequestMatch): boolean {
  return (method === undefined || method === seen.method) && (path === undefined || path.test(seen.path));
}

const codes: Readonly<Record<number, string>> = {
  401: "UNAUTHORIZED",
  403: "DENIED",
  404: "MANIFEST_UNKNOWN",
  429: "TOOMANYREQUESTS",
};

function refuse(outgoing: ServerResponse, { status, headers = {}, code }: Extract<Fault, { status: number }>): void {
  const challenge = status === 401 ? { "www-authenticate": 'Basic realm="fault proxy"' } : {};
  outgoing.writeHead(status, { "content-type": "application/json", ...challenge, ...headers });
  outgoing.end(JSON.stringify({ errors: [{ code: code ?? codes[status] ?? "UNKNOWN", message: "injected fault" }] }));
}

async function passSlowly(response: IncomingMessage, outgoing: ServerResponse, perSecond: number): Promise<void> {
  const stepMs = 100;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length && !outgoing.destroyed; at += (perSecond * stepMs) / 1_000) {
      outgoing.write(chunk.subarray(at, at + (perSecond * stepMs) / 1_000));
      await sleep(stepMs);
    }
  }
  outgoing.end();
}

async function passThenCut(response: IncomingMessage, outgoing: ServerResponse, cut: number | "half"): Promise<void> {
  let left = cut === "half" ? Math.floor(Number(response.headers["content-length"] ?? 2) / 2) : cut;
  for await (const chunk of response) {
    const part = (chunk as Buffer).subarray(0, left);
    left -= part.length;
    await new Promise((resolve) => outgoing.write(part, resolve));
    if (left <= 0) break;
  }
  outgoing.destroy();
}
