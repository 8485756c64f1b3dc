import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ownDirectory } from "../control/journal/stage.js";

const teller = fileURLToPath(new URL("teller.ts", import.meta.url));
const events = 100;
const mostKills = 6;

interface Heard {
  readonly id: string;
  readonly rollout: string;
}

async function openReceiver(heard: Heard[]): Promise<string> {
  const server = createServer((req, res) => {
    let text = "";
    req.on("data", (piece: Buffer) => (text += piece.toString()));
    req.on("end", () => {
      const { data } = JSON.parse(text) as { readonly data: { readonly change: { readonly rollout: string } } };
      heard.push({ id: String(req.headers["webhook-id"]), rollout: data.change.rollout });
      setTimeout(() => res.writeHead(200).end(), Math.random() * 15);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test(
  "killed at random during 100 events: each is told at least once, and twice only where its confirmation was cut off",
  { timeout: 300_000 },
  async () => {
    const data = await ownDirectory();
    const heard: Heard[] = [];
    const url = await openReceiver(heard);
    const written = new Set<string>();
    /** What was told last when a process was killed. */
    const cutOff = new Set<string>();
    let kills = 0;
    for (;;) {
      const child = spawn(process.execPath, ["--import", "tsx", teller, data, url, String(events)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(child, "exit") as Promise<[number | null]>;
      const begun = new Promise<void>((resolve) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
          if (line === "begun") resolve();
          else written.add(`shop/web@${line}`);
        });
      });
      await Promise.race([begun, exited]);
      const killing = new AbortController();
      const killed = sleep(kills < mostKills ? Math.random() * 800 : 2 ** 30, undefined, {
        signal: killing.signal,
      }).then(
        () => child.kill("SIGKILL"),
        () => false,
      );
      const [code] = await exited;
      killing.abort();
      await killed;
      if (code === 0) break;
      kills += 1;
      const last = heard.at(-1);
      if (last !== undefined) cutOff.add(last.id);
    }
    const counts = new Map<string, number>();
    for (const { id } of heard) counts.set(id, (counts.get(id) ?? 0) + 1);
    const twice = [...counts].filter(([, count]) => count > 1);
    console.log(`${written.size} events, ${kills} kills: ${counts.size} told, ${twice.length} of them more than once`);
    const told = new Set(heard.map(({ rollout }) => rollout));
    expect([...written].filter((id) => !told.has(id))).toEqual([]);
    expect(counts.size).toBe(events);
    expect(kills).toBeGreaterThan(2);
    for (const [id] of twice) expect(cutOff).toContain(id);
  },
);
