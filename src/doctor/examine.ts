import type { Clock } from "../control/ports/clock.js";
import { inTime } from "../control/time/in-time.js";
import { asFairleadError } from "../errors.js";
import { given } from "../tools/present.js";
import type { Check, Finding, Verdict } from "./check.js";
import type { Instruments } from "./instruments.js";

/** All at once, each no longer than it may take, in the order of the table. Never rejects. */
export async function examine(
  checks: readonly Check[],
  instruments: Instruments,
  clock: Clock,
): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => findingsOf(check, instruments, clock)));
  return found.flat();
}

async function findingsOf(check: Check, instruments: Instruments, clock: Clock): Promise<readonly Finding[]> {
  const { name, timeoutMs, whenSlow } = check;
  const answer = Promise.resolve()
    .then(() => check.look(instruments))
    .catch((thrown: unknown): readonly Verdict[] => [verdictOn(thrown, whenSlow)]);
  const slow = { ok: false, message: `there is no answer after ${timeoutMs / 1_000} s`, remedy: whenSlow };
  const verdicts = (await inTime(answer, clock, timeoutMs, () => undefined)) ?? [slow];
  return verdicts.map((verdict) => ({ name, ...verdict }));
}

function verdictOn(thrown: unknown, usual: string): Verdict {
  const { message, remedy = usual } = asFairleadError(thrown);
  return { ok: false, message, ...given({ remedy }) };
}
