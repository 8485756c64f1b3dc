import { Agent, request } from "node:http";
import { readFile } from "node:fs/promises";
import { deliveries } from "../unit/http/hooks/senders/deliveries.js";
import { mutantOf, type Mutant } from "../unit/http/hooks/senders/mutations.js";
import { hookSecret, openStage } from "./stage.js";
import { printTable, type Cell } from "./table.js";

const connections = 16;

/** Broken deliveries of every sender against the built program: what they are answered, and what that costs it. */
export async function benchMutations({ quick }: { readonly quick: boolean }): Promise<void> {
  const payloads = Number(process.env["BENCH_PAYLOADS"] ?? (quick ? 20_000 : 1_000_000));
  const stage = await openStage();
  try {
    const services = Object.fromEntries(
      deliveries
        .filter(({ image }) => !image.startsWith("https"))
        .map(({ type }) => [type, { image: `canary.invalid/never/${type}:named` }]),
    );
    const fairlead = await stage.run("mutations", { name: "mutations", services });
    await fairlead.ready();
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const statuses = new Map<number | "cut", number>();
    const memory: number[] = [];
    const url = new URL(fairlead.hooksUrl);
    const began = performance.now();
    let next = 0;
    const sender = async () => {
      while (next < payloads) {
        const seed = next;
        next += 1;
        if (seed % Math.ceil(payloads / 10) === 0) memory.push(await residentMb(fairlead.pid));
        const status = await send(url, mutantOf(seed), agent);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: connections }, sender));
    memory.push(await residentMb(fairlead.pid));
    agent.destroy();
    const seconds = (performance.now() - began) / 1_000;
    const metrics = await (await fetch(`${fairlead.adminUrl}/metrics`)).text();
    const accepted = [...metrics.matchAll(/^fairlead_hooks_total\{.*outcome="accepted".*\} (\d+)$/gm)];
    const rows: Cell[][] = [...statuses]
      .sort(([left], [right]) => String(left).localeCompare(String(right)))
      .map(([status, count]) => [String(status), count, count / payloads]);
    printTable(
      `mutations: ${payloads} broken deliveries of ${deliveries.length} senders`,
      ["answer", "times", "share"],
      rows,
    );
    printTable(
      "mutations: what became of the controller",
      ["", ""],
      [
        ["deliveries a second", payloads / seconds],
        ["named services that nobody named", accepted.reduce((sum, [, count]) => sum + Number(count), 0)],
        ["still ready", (await fetch(`${fairlead.adminUrl}/readyz`)).status],
        ["resident MB, at every tenth", memory.map((one) => one.toFixed(0)).join(" ")],
      ],
    );
  } finally {
    await stage.close();
  }
}

function send({ hostname, port }: URL, mutant: Mutant, agent: Agent): Promise<number | "cut"> {
  return new Promise((resolve) => {
    const { method, headers, body } = mutant;
    const path = `/hooks/${mutant.path}/${hookSecret}`;
    const req = request({
      hostname,
      port,
      path,
      method,
      agent,
      headers: { ...headers, "content-length": body.length },
    });
    req.once("response", (res) => {
      res.resume().once("close", () => {
        resolve(res.statusCode ?? "cut");
      });
    });
    req.once("error", () => {
      resolve("cut");
    });
    req.end(body);
  });
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024;
}
