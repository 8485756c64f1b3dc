import { FairleadError } from "../../errors.js";
import type { Engine } from "../ports/engine.js";
import type { LogLine } from "../ports/logs.js";

/**
 * So many logs open at once, for all readers together: each is a connection to the engine, and readers are not to take
 * those that reconciling needs. What would be one too many is `LogUnreadable`.
 */
export function boundedLogs(logs: Engine["logs"], most: number): Engine["logs"] {
  const open = new Set<object>();
  return async (container, query, signal) => {
    if (open.size >= most) {
      throw new FairleadError("LogUnreadable", `${most} logs are read already, and this process may open no more`, {
        remedy: "name fewer services, or let this process have more files open",
      });
    }
    const one = {};
    open.add(one);
    const close = () => {
      open.delete(one);
      signal.removeEventListener("abort", close);
    };
    signal.addEventListener("abort", close);
    try {
      return closing(await logs(container, query, signal), close);
    } catch (error) {
      close();
      throw error;
    }
  };
}

/** One that nobody begins to read is closed by the signal. */
async function* closing(lines: AsyncIterable<LogLine>, close: () => void): AsyncGenerator<LogLine> {
  try {
    yield* lines;
  } finally {
    close();
  }
}
