import { createServer, type Server } from "node:http";
import { answerBody } from "./answer.js";

/** `broken` answers everything with 500; `unhealthy` only `/healthz`. */
export type ServerBehaviour = "good" | "broken" | "unhealthy";

export interface ServerOptions {
  readonly version: string;
  readonly behaviour?: ServerBehaviour;
}

/**
 * The program the load asks: `GET /?request=ID` names its version and ID, `&ms=N` only after N ms; `/healthz` says ok.
 * It is also what runs in the sample image, so it imports nothing but Node and the form of its answers.
 */
export function loadServer({ version, behaviour = "good" }: ServerOptions): Server {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://server");
    const isProbe = pathname === "/healthz";
    const status = behaviour === "broken" || (behaviour === "unhealthy" && isProbe) ? 500 : 200;
    const body = isProbe ? "ok\n" : answerBody(version, searchParams.get("request") ?? "-");
    const answer = (): void => {
      const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(body) };
      // After close() Node itself would go on answering a client that keeps its connection busy.
      response.shouldKeepAlive &&= server.listening;
      response.writeHead(status, headers).end(body);
    };
    const ms = Number(searchParams.get("ms") ?? 0);
    if (ms > 0) setTimeout(answer, ms);
    else answer();
  });
  // Whoever asks for another protocol gets one: what it says comes back.
  server.on("upgrade", (_, socket) => {
    socket.on("error", () => undefined);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  return server;
}
