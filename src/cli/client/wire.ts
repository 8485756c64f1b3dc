import { request as plainRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";

export interface Asking {
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** How long the beginning of the answer may take. */
  readonly patienceMs: number;
  /** Ends the answer when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The beginning of an answer, whatever its status. Not by `fetch`: what that loads takes longer than all else that a verb does, and
 * it gives up on an answer that is silent for some minutes. Rejects with what the network says.
 */
export function openAnswer(
  url: URL,
  { method = "GET", headers, patienceMs, ...ending }: Asking,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? secureRequest : plainRequest;
    const request = send(url, { method, headers, agent: false, ...ending }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => request.destroy(new Error("it takes too long")), patienceMs);
    request.on("error", (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
    request.end();
  });
}

/** The whole of it as JSON; `{}` where it is none. Rejects where it is longer than `most` characters, or takes too long. */
export async function wholeJson(response: IncomingMessage, patienceMs: number, most = Infinity): Promise<unknown> {
  const timer = setTimeout(() => response.destroy(new Error("it takes too long")), patienceMs);
  try {
    let text = "";
    response.setEncoding("utf8");
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk;
      if (text.length > most) break;
    }
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
