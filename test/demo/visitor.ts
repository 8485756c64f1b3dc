import { setTimeout as sleep } from "node:timers/promises";
import type { Attempt } from "./answers.js";

const paceMs = 50;
const patienceMs = 2_000;

/** Somebody who keeps asking for a page. */
export interface Visitor {
  /** What was seen from then on, in the order of time. */
  since(at: number): Promise<readonly Attempt[]>;
  stop(): Promise<void>;
}

/** Asks a URL 20 times a second, each time on a new connection, until it is stopped. */
export function startVisitor(url: string): Visitor {
  const attempts: Attempt[] = [];
  const end = new AbortController();
  const visits = (async () => {
    while (!end.signal.aborted) {
      attempts.push({ text: await readPage(url), at: Date.now() });
      await sleep(paceMs);
    }
  })();
  return {
    since: (at) => Promise.resolve(attempts.filter((attempt) => attempt.at >= at)),
    stop: async () => {
      end.abort();
      await visits;
    },
  };
}

/** The page's text, or undefined where there is none within 2 s. */
export async function readPage(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await response.text();
    return response.ok ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
