import { createServer } from "node:http";

/** The least that a receiver can do: read the body, parse it, answer 202. Tells its parent the port. */
const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString("utf8"));
    outgoing.writeHead(202, { "content-type": "application/json" }).end('{"keys":[]}');
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());
