import { asFairleadError } from "../../errors.js";
import { parseRetryAfter } from "../../tools/http/retry-after.js";
import { printable } from "../../tools/printable.js";
import type { Answer } from "../model/channel.js";
import type { Exchange, Outgoing, Reply } from "../model/exchange.js";
import { addressOf } from "./exchange.js";
import { withoutSecretsOf } from "./hidden.js";
import { waitIn, wordsIn } from "./words.js";

/** By what somebody asks. */
export interface Asking {
  readonly exchange: Exchange;
  /** Epoch ms, for dates in the answer. */
  now(): number;
}

export interface Reading {
  /** What a status means at this vendor and what to do about it, after its own words. */
  readonly remedies?: Readonly<Record<number, string>>;
  /** What this vendor means by an answer that says something else than its status. */
  readonly read?: (reply: Reply) => Answer | undefined;
}

/** Longer is not believed, so that a wrong clock or a bad value silences nobody. */
const longestWaitMs = 24 * 3_600_000;

const longestWords = 200;

/** Waiting may help: the time was up, it came too early, too often, or a proxy did not let it through. */
const passing: ReadonlySet<number> = new Set([407, 408, 425, 429]);

/** Asks once, and says what came of it. */
export async function ask(by: Asking, outgoing: Outgoing, signal: AbortSignal, reading: Reading = {}): Promise<Answer> {
  let reply: Reply;
  try {
    reply = await by.exchange(outgoing, signal);
  } catch (thrown) {
    return { outcome: "later", why: asFairleadError(thrown).message };
  }
  return reading.read?.(reply) ?? answerOf(reply, outgoing, by.now(), reading);
}

/** What a status means, as nearly everybody uses it. */
export function answerOf(reply: Reply, outgoing: Outgoing, now: number, reading: Reading = {}): Answer {
  const { status } = reply;
  if (status >= 200 && status < 300) return { outcome: "delivered" };
  const { host } = addressOf(outgoing.url);
  if (status >= 300 && status < 400) return { outcome: "refused", why: redirected(reply, host) };
  const remedy = reading.remedies?.[status];
  const words = printable(withoutSecretsOf(outgoing, wordsIn(reply.text)), longestWords);
  const why = [`${host} answers ${status}`, words === "" ? undefined : `: ${words}`, remedy && `; ${remedy}`]
    .filter((part) => part !== undefined)
    .join("");
  if (!passing.has(status) && status < 500) return { outcome: "refused", why };
  const afterMs = waitOf(reply, now);
  return { outcome: "later", why, ...(afterMs === undefined ? {} : { afterMs }) };
}

function redirected(reply: Reply, host: string): string {
  const to = reply.header("location") ?? "";
  const target = URL.canParse(to) ? ` to ${new URL(to).host}` : "";
  return printable(`${host} answers ${reply.status}, a redirect${target}: write the address that it leads to`);
}

/** What the header says, and what some vendors say in the body; the longer one. */
function waitOf(reply: Reply, now: number): number | undefined {
  const waits = [parseRetryAfter(reply.header("retry-after"), now, longestWaitMs), waitIn(reply.text)];
  const said = waits.filter((wait) => wait !== undefined);
  return said.length === 0 ? undefined : Math.min(Math.max(...said), longestWaitMs);
}
