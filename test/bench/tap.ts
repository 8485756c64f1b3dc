import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { endToEnd, forward } from "../sandbox/network/forward.js";
import { now } from "./instant.js";

export interface TappedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Epoch ms with fractions. */
  readonly cameAt: number;
  /** When the last byte of the answer had been passed on; NaN until then. */
  answeredAt: number;
}

export interface Tap {
  readonly url: string;
  readonly requests: readonly TappedRequest[];
  forget(): void;
  /** From now on requests wait, until what is answered here is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** A proxy on a loopback port in front of a registry that notes what is asked, and when. */
export async function tapRegistry(registryUrl: string): Promise<Tap> {
  const target = new URL(registryUrl);
  const upstream = { host: target.hostname, port: Number(target.port || 80) };
  const requests: TappedRequest[] = [];
  let open = Promise.resolve();
  const server = createServer((incoming, outgoing) => {
    const request = { method: incoming.method ?? "", path: incoming.url ?? "", cameAt: now(), answeredAt: NaN };
    requests.push(request);
    const pass = async (): Promise<void> => {
      await open;
      const response = await forward(incoming, outgoing, upstream);
      outgoing.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
      response.pipe(outgoing).on("finish", () => (request.answeredAt = now()));
    };
    pass().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    forget: () => void requests.splice(0),
    hold: () => {
      let release: () => void = () => undefined;
      open = new Promise((resolve) => (release = resolve));
      return release;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
