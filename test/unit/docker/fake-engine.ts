import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FakeEngine extends AsyncDisposable {
  readonly host: string;
  /** `METHOD url`, in order. */
  readonly requests: readonly string[];
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingMessage["headers"][];
  /** Takes no new connection from now on, and goes on answering on those it has: as dockerd does while it shuts down. */
  shutDown(): void;
  /** May be changed while it runs. */
  api: { version: string; minimum: string; components?: readonly object[] };
}

/** A real HTTP server on a socket that says what no real engine can be made to say at will. */
export async function startFakeEngine(
  answer: (request: { readonly path: string; readonly method: string }, response: ServerResponse) => void,
): Promise<FakeEngine> {
  const directory = await mkdtemp(join(tmpdir(), "fake-engine-"));
  const requests: string[] = [];
  const bodies: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const api: FakeEngine["api"] = { version: "1.44", minimum: "1.24" };
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    requests.push(`${method} ${url}`);
    headers.push(request.headers);
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(body);
      if (url.startsWith("/version")) {
        const Components = api.components;
        response.end(JSON.stringify({ ApiVersion: api.version, MinAPIVersion: api.minimum, Components }));
        return;
      }
      const spoken = /^\/v1\.(\d+)\//.exec(url)?.[1] ?? "0";
      if (Number(spoken) > Number(api.version.slice(2))) {
        refuse(response, 400, `client version 1.${spoken} is too new. Maximum supported API version is ${api.version}`);
      } else if (Number(spoken) < Number(api.minimum.slice(2))) {
        refuse(response, 400, `client version 1.${spoken} is too old. Minimum supported API version is ${api.minimum}`);
      } else {
        answer({ path: url.replace(/^\/v[\d.]+/, ""), method }, response);
      }
    });
  });
  const path = join(directory, "docker.sock");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    requests,
    bodies,
    headers,
    api,
    // An HTTP server's own `close` ends idle connections too.
    shutDown: () => {
      Server.prototype.close.call(server);
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      if (server.listening) server.close();
      server.closeAllConnections();
      await closed;
      await rm(directory, { recursive: true });
    },
  };
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.end(JSON.stringify({ message }));
}
