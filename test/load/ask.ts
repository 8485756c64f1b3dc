import { request, type Agent, type IncomingMessage } from "node:http";
import { versionIn } from "./answer.js";
import type { Failure, Fault, Good } from "./sample.js";

export interface Question {
  readonly url: string;
  /** It must come back in the answer. */
  readonly id: string;
  /** The server takes its time, so that there is always a request under way. */
  readonly slowMs: number;
  readonly timeoutMs: number;
}

/** One GET, as strict as can be: nothing is tried again, and only the whole right answer is good. Never rejects. */
export function ask({ url, id, slowMs, timeoutMs }: Question, agent: Agent): Promise<Good | Failure> {
  const target = new URL(url);
  target.searchParams.set("request", id);
  if (slowMs > 0) target.searchParams.set("ms", String(slowMs));
  return new Promise((resolve) => {
    const fail = (fault: Fault, detail: string): void => {
      clearTimeout(timer);
      resolve({ fault, detail });
      outgoing.destroy();
    };
    const outgoing = request(target, { agent }, (response) => {
      let body = "";
      const cut = (error?: Error): void => {
        if (!response.complete) fail("truncated", `${error?.message ?? "closed"} after ${body.length} bytes`);
      };
      response.setEncoding("latin1").on("data", (text: string) => (body += text));
      response.on("error", cut).on("close", cut);
      response.on("end", () => {
        clearTimeout(timer);
        if (response.complete) resolve(judge(response, body, id));
      });
    });
    const timer = setTimeout(() => {
      fail("timeout", `${timeoutMs} ms`);
    }, timeoutMs);
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      fail(faultOf(error.code), error.code ?? error.message);
    });
    outgoing.end();
  });
}

function judge({ statusCode = 0 }: IncomingMessage, body: string, id: string): Good | Failure {
  if (statusCode !== 200) return { fault: "status", detail: String(statusCode) };
  const version = versionIn(body, id);
  return version === undefined ? { fault: "wrong-body", detail: body.slice(0, 60).trim() } : { version };
}

function faultOf(code = ""): Fault {
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  if (code === "ETIMEDOUT") return "timeout";
  return /^E(HOST|NET)/.test(code) ? "unreachable" : "other";
}
