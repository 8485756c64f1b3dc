import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { enterNetns } from "./netns.js";

/** The end of the bridge inside the other namespace; it ends with its standard input. */
const relay = (socket: string): string => `
  const net = require("node:net");
  const server = net.createServer((client) => {
    const far = net.connect(${JSON.stringify(socket)});
    client.pipe(far).pipe(client);
    client.on("error", () => far.destroy());
    far.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.resume().on("end", () => process.exit());
`;

export interface Bridge {
  /** Inside the namespace: `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Lets a loopback port of this network namespace be reached from inside another one. */
export async function bridgeInto(netns: string, targetUrl: string): Promise<Bridge> {
  const folder = await mkdtemp(`${tmpdir()}/fairlead-bridge-`);
  const socket = `${folder}/bridge.sock`;
  const { hostname, port } = new URL(targetUrl);
  const server = createServer((client) => {
    const target = connect(Number(port), hostname);
    client.pipe(target).pipe(client);
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
  });
  server.listen(socket);
  await once(server, "listening");
  const child = spawn(...enterNetns(netns, process.execPath, ["-e", relay(socket)]), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [inner] = (await once(child.stdout, "data")) as [Buffer];
  return {
    url: `http://127.0.0.1:${inner.toString().trim()}`,
    close: async () => {
      child.stdin.end();
      await once(child, "exit");
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
