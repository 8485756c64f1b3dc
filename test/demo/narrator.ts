import type { FairleadProcess, LogLine } from "../sandbox/fairlead.js";
import type { Mark, Screen } from "./screen.js";

export interface Narrator {
  /** Digests that the log names are shown with this word beside them. */
  name(digest: string, word: string): void;
  /** Tells what has been logged and not been told yet. */
  catchUp(): void;
  stop(): void;
}

const housekeeping = new Set(["tag-image", "set-restart-policy", "remove-image"]);

/** Tells Fairlead's log as it is written: what was decided, what was done, and why. */
export function startNarrator(fairlead: FairleadProcess, screen: Screen): Narrator {
  const words = new Map<string, string>();
  const told = { lines: 0, output: 0 };
  const withWords = (text: string): string =>
    text.replace(/sha256:([0-9a-f]{12})[0-9a-f]*/g, (short, hex: string) => {
      const word = words.get(hex);
      return word === undefined ? short : `${short} [${word}]`;
    });
  const catchUp = (): void => {
    for (const line of fairlead.output.slice(told.output)) screen.bad(line);
    told.output = fairlead.output.length;
    for (const line of fairlead.logs.slice(told.lines)) tell(screen, line, withWords);
    told.lines = fairlead.logs.length;
  };
  const timer = setInterval(catchUp, 100);
  return {
    name: (digest, word) => words.set(digest.slice("sha256:".length, "sha256:".length + 12), word),
    catchUp,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function tell(screen: Screen, line: LogLine, withWords: (text: string) => string): void {
  const message = text(line["msg"]);
  const problem = line["level"] === "warn" || line["level"] === "error";
  // One line a request is for operators; that the service is not ready at once is no news here.
  if (message === "request") return;
  const { what, because } = line["step"] === undefined ? { what: message } : splitCause(message);
  screen.event({
    at: Date.parse(text(line["time"])),
    service: text(line["service"] ?? ""),
    mark: markOf(line, problem),
    text: withWords(what),
    because: because === undefined ? undefined : withWords(because),
  });
  if (problem && line["error"] !== undefined) screen.quote([withWords(text(line["error"]))]);
  if (Array.isArray(line["logs"])) {
    screen.say(`${" ".repeat(17)}the last lines of ${text(line["container"])}, kept in the journal:`);
    screen.quote(line["logs"].map((each) => `${" ".repeat(15)}${text(each)}`));
  }
}

function markOf(line: LogLine, problem: boolean): Mark {
  if (problem || line["outcome"] === "rolled-back") return "failure";
  if (line["outcome"] === "promoted" || line["reason"] === "Converged") return "success";
  if (line["step"] === undefined) return "decision";
  return housekeeping.has(text(line["step"])) ? "minor" : "step";
}

/** `stop home-web-1, within 10s (its health check fails)`: a step, and its cause in brackets at the end. */
function splitCause(message: string): { what: string; because?: string } {
  const at = message.indexOf(" (");
  return at < 0 ? { what: message } : { what: message.slice(0, at), because: message.slice(at + 2, -1) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
