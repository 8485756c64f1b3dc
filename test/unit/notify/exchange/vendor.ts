import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a vendor answers: with a status, headers and a text; or never; or in its own way. */
export type Manner =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly text?: string }
  | "silent"
  | ((response: ServerResponse) => void);

export interface Vendor {
  readonly url: string;
  readonly host: string;
  readonly asked: readonly Asked[];
}

/** A server of the test's own, which answers in one manner after the other, and goes on with the last. */
export async function startVendor(...manners: readonly Manner[]): Promise<Vendor> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const manner = manners[Math.min(asked.length, manners.length - 1)] ?? { status: 200 };
      const { method = "", url = "", headers } = request;
      asked.push({ method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") });
      if (manner === "silent") return;
      if (typeof manner === "function") manner(response);
      else response.writeHead(manner.status, manner.headers).end(manner.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, asked };
}

/** Where nobody listens: it was free a moment ago. */
export async function deadHost(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}
