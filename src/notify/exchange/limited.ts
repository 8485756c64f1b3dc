import type { Answer } from "../model/channel.js";
import type { Outgoing, Reply } from "../model/exchange.js";
import { answerOf, type Asking } from "./answer.js";

const longestWaitMs = 3_600_000;

/** GitHub says "too often" with a 403 too, which elsewhere is a lack of rights, and when it may be asked again in a header of its own. */
export function limitedIn(reply: Reply, outgoing: Outgoing, by: Pick<Asking, "now">): Answer | undefined {
  const { status } = reply;
  const isUsedUp = reply.header("x-ratelimit-remaining") === "0";
  const isLimited = status === 429 || (status === 403 && (isUsedUp || reply.header("retry-after") !== undefined));
  if (!isLimited) return undefined;
  const answer = answerOf({ ...reply, header: (name) => reply.header(name), status: 429 }, outgoing, by.now());
  const reset = reply.header("x-ratelimit-reset") ?? "";
  if (answer.outcome !== "later" || answer.afterMs !== undefined || !isUsedUp || !/^\d{1,12}$/.test(reset))
    return answer;
  return { ...answer, afterMs: Math.min(Math.max(Number(reset) * 1_000 - by.now(), 0), longestWaitMs) };
}
