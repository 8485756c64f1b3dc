import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";

/** Where a request goes on to. */
export type Upstream = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * Sends a request on, as it came, on a connection of its own, and answers with the other side's response. Rejects where
 * there is none; a client that goes away takes the request with it.
 */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: Upstream,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    // Asked to close, a Go server does so as soon as it has answered, which may be before the end of the body is written.
    const kept = { ...endToEnd(headers), connection: "keep-alive" };
    const call = request({ ...upstream, method, path: url, headers: kept, agent: false });
    call.on("response", resolve).on("error", reject);
    outgoing.on("close", () => call.destroy());
    incoming.pipe(call);
  });
}

/** Without the headers that concern one connection only. */
export function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, "keep-alive": _keepAlive, ...rest } = headers;
  return rest;
}

export async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
