#!/bin/sh
# Node's HTTP client closes a kept connection after the answer to a HEAD that does not say how long the body would be.
# An answer to a HEAD never has a body (RFC 9110, 9.3.2), and its Content-Length may be left out, so that the connection could be used again, as it
# is after a GET with a chunked body. Each such HEAD costs a connection, and behind TLS a handshake.
. "$(dirname "$0")/common.sh"

cat >"$work/head.mjs" <<'PROGRAM'
import { Agent, createServer, request } from "node:http";

const state = { connections: 0 };
const server = createServer((incoming, outgoing) => {
  const length = incoming.url === "/length" ? { "content-length": 5 } : {};
  outgoing.writeHead(200, { "content-type": "text/plain", ...length }).end("hello");
});
server.on("connection", () => (state.connections += 1));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const agent = new Agent({ keepAlive: true });

async function ask(method, path) {
  state.connections = 0;
  for (let count = 0; count < 10; count += 1) {
    await new Promise((resolve, reject) => {
      const asked = request({ port: server.address().port, host: "127.0.0.1", method, path, agent }, (answer) => {
        answer.resume().on("end", () => setImmediate(resolve));
      });
      asked.on("error", reject).end();
    });
  }
  console.log(`10 x ${method} ${path}: ${state.connections} new connections`);
  return state.connections;
}

console.log(`node ${process.version}`);
const found = [await ask("GET", "/chunked"), await ask("HEAD", "/length"), await ask("HEAD", "/none")];
agent.destroy();
server.close();
server.closeAllConnections();
if (found[0] > 1 || found[1] > 1 || found[2] < 9) {
  console.log("CHANGED: Node keeps the connection by now, or keeps none");
  process.exit(1);
}
PROGRAM
node "$work/head.mjs"
