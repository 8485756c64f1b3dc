import type { Clock } from "../../control/ports/clock.js";
import { inTime } from "../../control/time/in-time.js";
import { asFairleadError } from "../../errors.js";
import type { Answer, Channel } from "../model/channel.js";
import type { Notice } from "../model/notice.js";

/** One that does not end with its signal is not waited for any longer. */
const graceMs = 5_000;

/** One try, within the channel's time. Never rejects. */
export async function tryOnce(channel: Channel, notice: Notice, clock: Clock, end?: AbortSignal): Promise<Answer> {
  const { timeoutMs } = channel;
  const abort = new AbortController();
  const signal = end === undefined ? abort.signal : AbortSignal.any([abort.signal, end]);
  const cancel = clock.after(timeoutMs, () => {
    abort.abort();
  });
  const tried = (async () => channel.deliver(notice, signal))().catch((thrown: unknown): Answer => ({
    outcome: "later",
    why: asFairleadError(thrown).message,
  }));
  const answer = await inTime(tried, clock, timeoutMs + graceMs, () => undefined);
  cancel();
  if (answer !== undefined && (answer.outcome !== "later" || !abort.signal.aborted)) return answer;
  return { outcome: "later", why: `no answer within ${Math.round(timeoutMs / 100) / 10} s` };
}
