import { spawn } from "node:child_process";
import { once } from "node:events";
import type Docker from "dockerode";
import { enterNetns } from "../../../sandbox/network/netns.js";

/** What a visitor has met by the end. */
export interface Visit {
  /** Good answers of new connections, by what they said. */
  readonly answers: Readonly<Record<string, number>>;
  /** Good answers of connections that were opened long before their request was complete. */
  readonly slow: Readonly<Record<string, number>>;
  /** Each refusal, reset, timeout and wrong answer, of either kind. */
  readonly failures: readonly string[];
}

/** `slowMs` is the time for which a slow connection is open before it asks. */
const program = (name: string, port: number, slowMs: number): string => `
  const { Resolver } = require("node:dns").promises;
  const { connect } = require("node:net");
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers(["127.0.0.11"]);
  const seen = { answers: {}, slow: {}, failures: [] };
  const visit = async (into, delay) => {
    const began = Date.now();
    const addresses = await resolver.resolve4(${JSON.stringify(name)});
    const address = addresses[Math.floor(Math.random() * addresses.length)];
    await new Promise((resolve, reject) => {
      const socket = connect({ host: address, port: ${port} });
      let text = "";
      const failed = (why) => { socket.destroy(); reject(new Error(why + " " + address + " after " + (Date.now() - began))); };
      socket.setTimeout(5000 + delay, () => failed("timeout"));
      socket.on("error", (error) => failed(error.code));
      socket.on("connect", () => setTimeout(() => socket.write("GET / HTTP/1.0\\r\\n\\r\\n"), delay));
      socket.on("data", (data) => { text += data; });
      socket.on("end", () => {
        const [, body] = /^HTTP\\/1\\.[01] 200[^]*\\r\\n\\r\\n(v\\d+)\\n$/.exec(text) ?? [];
        if (body === undefined) return failed("answer " + JSON.stringify(text.slice(0, 40)));
        into[body] = (into[body] ?? 0) + 1;
        socket.destroy();
        resolve();
      });
    });
  };
  const pending = new Set();
  const begin = (into, delay) => {
    const one = visit(into, delay).catch((error) => seen.failures.push(error.code ?? error.message));
    pending.add(one);
    one.then(() => pending.delete(one));
  };
  const timers = [setInterval(() => begin(seen.answers, 0), 20), setInterval(() => begin(seen.slow, ${slowMs}), 250)];
  console.log("ready");
  process.stdin.resume().on("end", async () => {
    timers.forEach(clearInterval);
    await Promise.all(pending);
    console.log(JSON.stringify(seen));
    process.exit();
  });
`;

/** Looks a name up and connects anew every 20 ms, as a neighbour of this container would, and slowly every 250 ms. */
export async function visitFrom(
  docker: Docker,
  container: string,
  { name, port = 8080, slowMs = 1_000 }: { readonly name: string; readonly port?: number; readonly slowMs?: number },
): Promise<() => Promise<Visit>> {
  const { State } = await docker.getContainer(container).inspect();
  const child = spawn(
    ...enterNetns(`/proc/${State.Pid}/ns/net`, process.execPath, ["-e", program(name, port, slowMs)]),
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines: string[] = [];
  child.stdout.on("data", (data: Buffer) => lines.push(data.toString()));
  await once(child.stdout, "data");
  return async () => {
    child.stdin.end();
    await once(child, "close");
    return JSON.parse(lines.join("").replace(/^ready\n/, "")) as Visit;
  };
}
