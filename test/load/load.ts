import { setMaxListeners } from "node:events";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./ask.js";
import { reportOn, type Report } from "./report.js";
import { versionOf, type ClientKind, type Sample } from "./sample.js";

export interface LoadOptions {
  /** Where a `loadServer` answers, through whatever stands in front of it. */
  readonly url: string;
  /** Clients that keep their connection as long as they may; default 8. */
  readonly keepAlive?: number;
  /** Clients that open a connection for each request; default 8. */
  readonly fresh?: number;
  /** Of all clients together; default 500. */
  readonly ratePerSecond?: number;
  /** For a whole answer; default 10 s. */
  readonly timeoutMs?: number;
}

export interface Load {
  /** What has ended so far, in that order. */
  readonly samples: readonly Sample[];
  /** How many connections the keep-alive clients have opened: as many as there are clients, unless one was closed. */
  readonly keptConnections: () => number;
  /** Waits until the last 100 answers were all good, and of this version if one is named. Throws after `timeoutMs` (60 s). */
  settled(version?: string, timeoutMs?: number): Promise<void>;
  /** Of what ended since `from` (epoch ms, default the start); the load goes on. */
  report(from?: number): Report;
  /** Waits for what is under way, and closes the connections. */
  stop(): Promise<Report>;
}

/** One of so many requests is slow on purpose, so that mostly one is under way. Its latency is not counted. */
const slow = { every: 200, ms: 300 } as const;

/**
 * Clients that ask at an even pace, each its next question only when the last is answered; one that was kept waiting
 * catches up. They live in the caller's process: what keeps that busy is measured too.
 */
export function startLoad(options: LoadOptions): Load {
  const { url, keepAlive = 8, fresh = 8, ratePerSecond = 500, timeoutMs = 10_000 } = options;
  const began = instant();
  const samples: Sample[] = [];
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const agents: Agent[] = [];
  let connections = 0;
  let asked = 0;

  const agentOf = (client: ClientKind): Agent => {
    const agent = new Agent({ keepAlive: client === "kept", maxSockets: 1 });
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...given) => {
      if (client === "kept") connections += 1;
      return connect(...given);
    };
    agents.push(agent);
    return agent;
  };
  const kinds = [...Array<ClientKind>(keepAlive).fill("kept"), ...Array<ClientKind>(fresh).fill("fresh")];
  const intervalMs = (kinds.length * 1000) / ratePerSecond;
  const run = async (client: ClientKind, at: number): Promise<void> => {
    const agent = agentOf(client);
    for (let due = began + (at * intervalMs) / kinds.length; ; due += intervalMs) {
      const early = due - instant();
      if (early > 0) await sleep(early, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      asked += 1;
      const id = String(asked);
      const startedAt = instant();
      // A timer that came late is this process's fault, not the server's.
      const wantedAt = early > 0 ? startedAt : due;
      const isSlow = asked % slow.every === 0;
      const outcome = await ask({ url, id, slowMs: isSlow ? slow.ms : 0, timeoutMs }, agent);
      const endedAt = instant();
      samples.push({ client, isSlow, wantedAt, startedAt, endedAt, outcome });
      // What this one cost was asked for: nobody waits behind it.
      if (isSlow) due = Math.max(due, endedAt);
    }
  };
  const clients = Promise.all(kinds.map(run));
  const report: Load["report"] = (from = began) => reportOn(samples, { from, to: instant() });

  return {
    samples,
    keptConnections: () => connections,
    settled: async (version, patienceMs = 60_000) => {
      const from = samples.length;
      const fits = (sample: Sample) => {
        const answered = versionOf(sample);
        return version === undefined ? answered !== undefined : answered === version;
      };
      const deadline = instant() + patienceMs;
      for (;;) {
        const last = samples.slice(Math.max(from, samples.length - 100));
        if (last.length === 100 && last.every(fits)) return;
        if (instant() > deadline) {
          const seen = JSON.stringify(last.at(-1)?.outcome);
          throw new Error(`not settled on ${version ?? "good answers"} after ${patienceMs} ms; the last: ${seen}`);
        }
        await sleep(20);
      }
    },
    report,
    stop: async () => {
      stopping.abort();
      await clients;
      const final = report();
      for (const agent of agents) agent.destroy();
      return final;
    },
  };
}

/** Epoch milliseconds with fractions. */
function instant(): number {
  return performance.timeOrigin + performance.now();
}
