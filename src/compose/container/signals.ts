import { quoted, report, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";

const names: ReadonlySet<string> = new Set(
  (
    "HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT STOP TSTP TTIN " +
    "TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS UNUSED RTMIN RTMAX"
  ).split(" "),
);
const realTime = /^RTM(?:IN\+(?:1[0-5]|[1-9])|AX-(?:1[0-4]|[1-9]))$/;

/** A Linux signal as the engine takes it: `SIGTERM`, `TERM` or `15`. */
export function signal(node: Node, example = "SIGTERM"): string | null {
  const name = filledText(node);
  if (name === null || isSignal(name)) return name;
  return report(node, `${quoted(node)} is not a signal`, `write for example ${example}`);
}

export function isSignal(text: string): boolean {
  if (/^\d{1,2}$/.test(text)) return Number(text) >= 1 && Number(text) <= 64;
  const name = text.toUpperCase().replace(/^SIG/, "");
  return names.has(name) || realTime.test(name);
}
