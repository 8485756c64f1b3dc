import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const [secret = ""] = process.argv.slice(2);

/** The least that a receiver can do: read the body, check who has signed it, parse it, answer 202. Tells its parent the port. */
const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const body = Buffer.concat(chunks);
    const signature = Buffer.from(String(incoming.headers["x-signature-256"]).slice("sha256=".length), "hex");
    const isSigned = timingSafeEqual(createHmac("sha256", secret).update(body).digest(), signature);
    JSON.parse(body.toString("utf8"));
    outgoing.writeHead(isSigned ? 202 : 401, { "content-type": "application/json" }).end('{"keys":[]}');
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());
