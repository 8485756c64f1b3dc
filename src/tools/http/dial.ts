/*
 * How this process asks others over HTTP: one request over lines that are kept or not, what is wrong where nobody answers,
 * and when one may come back.
 */

import { Agent as HttpAgent, request as requestPlain } from "node:http";
import type { IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestSecure } from "node:https";
import type { AgentOptions } from "node:https";
import { Secret } from "../secret.js";

export interface Dialled {
  readonly method: "HEAD" | "GET" | "POST" | "PUT" | "PATCH";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly body?: string | Buffer | Secret;
}

/** The connections to whoever is trusted in the same way. */
export interface Lines {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Said with each request: agents for proxies forget it. */
  readonly tls: TlsOptions;
}

/** `cert` and `key`: by whom we are known. */
export type TlsOptions = Pick<AgentOptions, "ca" | "rejectUnauthorized" | "cert" | "key">;

/** `keepAlive`: connections are kept; as long as nobody says otherwise. `timeout`: when an idle one is given up, in ms. */
type LineOptions = Pick<AgentOptions, "keepAlive" | "lookup" | "maxFreeSockets" | "timeout">;

export function openLines(options: LineOptions, tls: TlsOptions): Lines {
  const kept = { keepAlive: true, ...options };
  return { http: new HttpAgent(kept), https: new HttpsAgent(kept), tls };
}

/** All of them through a proxy, which looks names up itself. `proxy`: its URL, which may hold a password. */
export async function openProxied(
  proxy: string,
  options: Omit<LineOptions, "lookup">,
  tls: TlsOptions,
): Promise<Lines> {
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import("http-proxy-agent"),
    import("https-proxy-agent"),
  ]);
  const kept = { keepAlive: true, ...options };
  return {
    http: new HttpProxyAgent(proxy, kept),
    https: new HttpsProxyAgent(proxy, kept) as unknown as HttpsAgent,
    tls,
  };
}

export function closeLines({ http, https }: Lines): void {
  http.destroy();
  https.destroy();
}

/**
 * The beginning of the answer. That the other side has closed a kept connection shows only on the next request, and a
 * question may be asked again, until the connection is a new one. Throws what Node's sockets and TLS throw.
 */
export async function dial(dialled: Dialled, lines: Lines, signal: AbortSignal): Promise<IncomingMessage> {
  for (;;) {
    const { request, answer } = send(dialled, lines, signal);
    try {
      return await answer;
    } catch (thrown) {
      if (!request.reusedSocket || dialled.method === "POST" || signal.aborted) throw thrown;
    }
  }
}

function send({ method, url, headers, body }: Dialled, lines: Lines, signal: AbortSignal) {
  const opened = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, open(value)]));
  const options = { method, headers: opened, signal };
  const request =
    url.protocol === "https:"
      ? requestSecure(url, { ...options, ...lines.tls, agent: lines.https })
      : requestPlain(url, { ...options, agent: lines.http });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).on("error", reject);
  });
  request.end(body === undefined ? undefined : open(body));
  return { request, answer };
}

/** On its way to whoever is asked. */
function open<T extends string | Buffer>(value: T | Secret): T | string {
  return value instanceof Secret ? value.reveal() : value;
}
