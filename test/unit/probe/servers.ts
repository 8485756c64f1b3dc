import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server as HttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Listening {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** All that there have been. */
  readonly count: () => number;
}

/** On a free loopback port until the test ends. */
export async function listen(server: Server | HttpServer): Promise<Listening> {
  const open = new Set<Socket>();
  let count = 0;
  server.on("connection", (socket: Socket) => {
    count += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // Whoever asks may hang up at any time.
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { port: (server.address() as AddressInfo).port, open, count: () => count };
}

export function serveHttp(answer: RequestListener): Promise<Listening> {
  return listen(createHttpServer(answer));
}

/** A server that speaks no protocol of ours, and listens to what is sent, or it would not notice the end. */
export function serveTcp(greet: (socket: Socket) => void = () => undefined): Promise<Listening> {
  return listen(
    createServer((socket) => {
      greet(socket);
      socket.resume();
    }),
  );
}
