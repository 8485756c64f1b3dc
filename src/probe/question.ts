import type { ProbeAnswer } from "../control/ports/prober.js";

export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Reply {
  /** The question is over. */
  readonly settle: (answer: ProbeAnswer) => void;
  /** What holds if the time is up before it is over; until then that there was no answer. */
  readonly foresee: (answer: ProbeAnswer) => void;
}

/** Asks one question; whatever its end, what `ask` opened is destroyed with it. */
export function question(
  name: string,
  { timeoutMs, signal }: Limits,
  ask: (reply: Reply) => { destroy(): void },
): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let foreseen: ProbeAnswer = { kind: "failed", message: `${name}: no answer within ${timeoutMs / 1_000}s` };
    const settle = (answer: ProbeAnswer) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(answer);
      opened.destroy();
    };
    const abort = () => {
      settle({ kind: "unknown", message: "it is not asked any more" });
    };
    const foresee = (answer: ProbeAnswer) => {
      foreseen = answer;
    };
    const opened = ask({ settle, foresee });
    const timer = setTimeout(() => {
      settle(foreseen);
    }, timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}

/** In the words of a person, where the code is one that people meet. */
export function failure(name: string, error: Error): ProbeAnswer {
  const code = "code" in error ? String(error.code) : error.message;
  return { kind: "failed", message: `${name}: ${describe(code)}` };
}

function describe(code: string): string {
  if (code.startsWith("HPE_")) return "the answer is not HTTP";
  if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) return "no TLS connection";
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was closed without an answer";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "no route to it from where Fairlead runs";
    case "ETIMEDOUT":
      return "no answer";
    default:
      return code;
  }
}
