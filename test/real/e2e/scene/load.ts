import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface LoadReport {
  readonly requests: number;
  /** What went wrong, each once with how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** By the answer's text. */
  readonly answers: Readonly<Record<string, number>>;
  /** Between two good answers. */
  readonly longestGapMs: number;
}

const clients = 4;
const pauseMs = 20;

/** Each answer is checked: 200, and the body of some version. Four clients with kept connections, four with new ones. */
export function startLoad(url: string): () => Promise<LoadReport> {
  const failures: Record<string, number> = {};
  const answers: Record<string, number> = {};
  const times = { last: Date.now(), gap: 0 };
  let running = true;
  const count = (into: Record<string, number>, what: string) => {
    into[what] = (into[what] ?? 0) + 1;
  };
  const client = async (agent: Agent) => {
    while (running) {
      const answer = await ask(url, agent);
      if (/^v\d+$/.test(answer)) {
        count(answers, answer);
        times.gap = Math.max(times.gap, Date.now() - times.last);
        times.last = Date.now();
      } else count(failures, answer);
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const all = Array.from({ length: 2 * clients }, (_, index) =>
    client(new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 })),
  );
  return async () => {
    running = false;
    await Promise.all(all);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, one) => total + one, 0);
    return { requests: sum(answers) + sum(failures), failures, answers, longestGapMs: times.gap };
  };
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const call = request(url, { agent, timeout: 10_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve(response.statusCode === 200 ? text.trim() : `status ${response.statusCode}`);
      });
      response.on("error", (error) => {
        resolve(error.message);
      });
    });
    call.on("timeout", () => call.destroy(new Error("timeout")));
    call.on("error", (error) => {
      resolve(error.message);
    });
    call.end();
  });
}
