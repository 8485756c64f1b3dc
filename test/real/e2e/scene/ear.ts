import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";

/** A notice as it has come. */
export interface Heard {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly status: number;
  /** Its signature is that of the secret, over id, time and body. */
  readonly isSigned: boolean;
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
  readonly raw: string;
}

export interface Ear {
  readonly url: string;
  readonly secret: string;
  readonly heard: readonly Heard[];
  /** What the next ones are answered: its status, after so long. */
  answer: () => { readonly status: number; readonly afterMs?: number };
  of(kind: string): readonly Heard[];
}

/** Of the test's own context: among tests that run at once, the imported one may mean another test. */
type AtEnd = (end: () => void) => void;

/** Whoever is told, by signed webhooks. It ends with the test. */
export async function openEar(onTestFinished: AtEnd): Promise<Ear> {
  const secret = `whsec_${Buffer.from("the ear's own secret, 32 bytes ..").toString("base64")}`;
  const heard: Heard[] = [];
  const server = createServer((req, res) => {
    void (async () => {
      const raw = await text(req);
      const header = (name: string) => String(req.headers[name] ?? "");
      const [id, timestamp] = [header("webhook-id"), header("webhook-timestamp")];
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      const wanted = `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${raw}`).digest("base64")}`;
      const isSigned = header("webhook-signature") === wanted && Math.abs(Date.now() / 1_000 - Number(timestamp)) < 300;
      const { status, afterMs = 0 } = ear.answer();
      heard.push({ id, at: Date.now(), status, isSigned, body: JSON.parse(raw) as Heard["body"], raw });
      setTimeout(() => res.writeHead(status).end(status === 200 ? "thanks" : "no"), afterMs);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const ear: Ear = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`,
    ...{ secret, heard, answer: () => ({ status: 200 }) },
    of: (kind) => heard.filter(({ body }) => body.type === `fairlead.${kind.replaceAll("-", "_")}`),
  };
  return ear;
}
