import { printable } from "../../tools/printable.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { GitFault, faultOf } from "./fault.js";
import type { Ran } from "./run.js";

/** What `git push --porcelain` ends with: 1 where the other side, or git itself, does not want a reference moved. */
export const pushAnswers = [1];

/** The last one is what a server says whose branch does not lead to our commit's parent any more. */
const moved =
  /\((?:fetch first|non-fast-forward|stale info|.*cannot lock ref.*|.*failed to update ref.*|.*already exists.*|shallow update not allowed)\)$/i;
const broken = /unpack|index-pack|internal|timed? ?out/i;
const writable = "give the login the right to write to this branch, or name another one as writeBack.branch";

/** Whether a push of one reference has arrived, or the branch has moved meanwhile. Throws GitFault where it is refused. */
export function pushedOf({ code, output, said }: Ran): "pushed" | "moved" {
  if (code === 0) return "pushed";
  const line = output
    .toString("utf8")
    .split("\n")
    .find((one) => one.startsWith("!"));
  if (line === undefined) throw pushFault(faultOf(said));
  const why = line.split("\t").at(-1) ?? "";
  if (moved.test(why)) return "moved";
  const reason = printable(/\((.*)\)$/.exec(why)?.[1] ?? why, 100);
  if (broken.test(reason)) throw new GitFault("Truncated", `the push broke off: ${reason}`, "it is tried again");
  const words = wordsOf(said);
  throw new GitFault("PushRefused", `the push is refused: ${reason}${words === "" ? "" : `: ${words}`}`, writable);
}

/** What is wrong with a push that has come to nothing: the same faults as of a fetch, and another right is missing. */
export function pushFault(fault: GitFault): GitFault {
  const { reason, message } = fault;
  if (reason === "Unauthorized" || reason === "Forbidden") return new GitFault(reason, message, writable, fault);
  if (/read.?only|write access|denied to|not allowed to/i.test(message)) {
    return new GitFault("PushRefused", `the push is refused: ${message}`, writable, fault);
  }
  if (/dubious ownership/.test(message)) {
    const why = "the repository on this host belongs to another user, and a push would run its hooks as ours";
    return new GitFault("PushRefused", why, "have it belong to Fairlead's user, or enter it over ssh or https", fault);
  }
  return fault;
}

/** What the other side's hooks said, as one line. */
function wordsOf(said: string): string {
  const lines = withoutUrlSecrets(said)
    .split("\n")
    .flatMap((line) => /^remote:\s*(.*\S)/.exec(line)?.[1] ?? []);
  return printable(lines.join(" "), 300);
}
