import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Digest } from "../../../src/compose/values/image.js";

export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** `cut`: the connection ends without an answer; `half`: in the middle of the body; `hang`: nothing ever comes. */
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string | string[]>; readonly body?: string | Buffer }
  | "cut"
  | "half"
  | "hang";

export interface Fake {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly seen: readonly Seen[];
  /** `HEAD /v2/app/manifests/1`, in order of arrival. */
  readonly lines: () => string[];
  /** The most requests that were under way at once. */
  readonly peak: () => number;
  readonly close: () => Promise<void>;
}

/** A real HTTP server on loopback that answers as the test says and remembers what it was asked. */
export async function startFake(
  reply: (request: Seen, count: number) => Reply | Promise<Reply>,
  address = "127.0.0.1",
): Promise<Fake> {
  const seen: Seen[] = [];
  let running = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    running += 1;
    peak = Math.max(peak, running);
    response.on("close", () => (running -= 1));
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const entry: Seen = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    const result = await reply(entry, seen.push(entry));
    if (result === "hang") return;
    if (result === "cut") return void request.socket.destroy();
    if (result === "half") {
      response.writeHead(200, { "content-type": oci, "content-length": "1000" });
      response.write("{", () => request.socket.destroy());
      return;
    }
    response.writeHead(result.status, result.headers).end(result.body);
  };
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `${address}:${port}`,
    seen,
    lines: () => seen.map(({ method, url }) => `${method} ${url}`),
    peak: () => peak,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const oci = "application/vnd.oci.image.manifest.v1+json";
export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
export const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

export function digestOf(body: string | Buffer): Digest {
  return `sha256:${createHash("sha256").update(body).digest("hex")}` as Digest;
}

/** A manifest as a well-behaved registry answers it. */
export function manifestReply(body: string, type = oci): Exclude<Reply, string> {
  return { status: 200, headers: { "content-type": type, "docker-content-digest": digestOf(body) }, body };
}

/** An image manifest whose config has the digest of `seed`. */
export function imageManifest(seed: string, type = oci): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: type, config: { digest: digestOf(seed), size: 1 }, layers: [] });
}
