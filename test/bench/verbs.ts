import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { many } from "../unit/http/many.js";
import { median } from "./statistics.js";
import { printTable } from "./table.js";

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const count = Number(process.env["BENCH_SERVICES"] ?? 500);
const least = (address: string) => `require("http").get(${JSON.stringify(address)}, (answer) => answer.resume())`;

interface Options {
  readonly quick: boolean;
}

/** What a verb costs a person who waits for it, beside a Node that does nothing, and one that asks for the same bytes. In turns. */
export async function benchVerbs({ quick }: Options): Promise<void> {
  const one = await listening(1);
  const all = await listening(count);
  const calls: Readonly<Record<string, readonly string[]>> = {
    "node -e 0": ["-e", "0"],
    "fairlead --version": [program, "--version"],
    "fairlead help": [program, "help"],
    "fairlead status, 1 service": [program, "status", "--admin", one.url],
    [`fairlead status, ${count} services`]: [program, "status", "--admin", all.url],
    [`a bare GET of the same bytes`]: ["-e", least(`${all.url}/api/v1/services`)],
  };
  const names = Object.keys(calls);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round <= (quick ? 5 : 25); round += 1) {
    for (const name of names) {
      const ms = await timeOf(calls[name] ?? []);
      // The first round reads the files from the disk.
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  one.close();
  all.close();
  const [bare = "", , , , large = "", get = ""] = names;
  const of = (name: string) => median(times.get(name) ?? []);
  const fastest = (name: string) => Math.min(...(times.get(name) ?? []));
  printTable(
    "verbs: wall time of a whole process, medians",
    ["", "ms", "of a bare node", "fastest ms", "of its fastest"],
    names.map((name) => [name, of(name), of(name) / of(bare), fastest(name), fastest(name) / fastest(bare)]),
  );
  const own = (name: string) => of(name) - of(bare);
  printTable(
    `verbs: beyond Node's own start, ${(all.bytes / 1024).toFixed(0)} kB`,
    ["", "ms", "of the bare GET"],
    [get, large].map((name) => [name, own(name), own(name) / own(get)]),
  );
}

/** A controller's answer about so many services, from memory. */
async function listening(services: number) {
  const body = JSON.stringify({ services: many(services), problems: [], journal: { kind: "written" }, sources: [] });
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json").end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bytes: Buffer.byteLength(body), close: () => server.close() };
}

async function timeOf(args: readonly string[]): Promise<number> {
  const began = performance.now();
  // To nowhere: what it prints costs whoever reads it.
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - began;
}
