import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Digest } from "../../src/compose/values/image.js";

export interface RegistryStub {
  readonly url: string;
  /** How many requests of each method have come since `forget`. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many connections have been opened since then. */
  connections(): number;
  forget(): void;
  close(): Promise<void>;
}

/** A registry over real HTTP that has every repository, each with one image, and counts what it is asked. */
export async function startRegistryStub(): Promise<RegistryStub> {
  const counts = new Map<string, number>();
  const opened = { count: 0 };
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const repository = /^\/v2\/(.+)\/manifests\//.exec(url)?.[1];
    const type = "application/vnd.oci.image.manifest.v1+json";
    if (repository === undefined || method !== "HEAD") outgoing.writeHead(404).end();
    // Without its length Node's client would not use the connection again: it comes from every registry.
    else
      outgoing
        .writeHead(200, {
          ...{ "content-type": type, "content-length": 527 },
          "docker-content-digest": stubDigest(repository),
        })
        .end();
  });
  server.on("connection", () => (opened.count += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    connections: () => opened.count,
    forget: () => {
      opened.count = 0;
      counts.clear();
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

export function stubDigest(repository: string): Digest {
  return `sha256:${createHash("sha256").update(repository).digest("hex")}` as Digest;
}
