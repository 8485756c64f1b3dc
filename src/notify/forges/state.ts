import { printable } from "../../tools/printable.js";
import type { Notice, NoticeKind } from "../model/notice.js";

/** How the rollout of a commit stands, in words that every forge has its own for. */
export type CommitState = "waiting" | "running" | "success" | "failure";

const states: Readonly<Record<Exclude<NoticeKind, `hook:${string}`>, CommitState | undefined>> = {
  started: "running",
  waiting: "waiting",
  promoted: "success",
  recovered: "success",
  "rolled-back": "failure",
  failed: "failure",
  held: "failure",
  "job-failed": "failure",
  "crash-looping": "failure",
  source: "failure",
  signature: "failure",
  // They say nothing of a commit.
  registry: undefined,
  engine: undefined,
};

/** Undefined: it says nothing of its commit. */
export function stateOf({ kind, isEnd }: Notice): CommitState | undefined {
  const state = kind.startsWith("hook:") ? undefined : states[kind as keyof typeof states];
  return state === "failure" && isEnd === true ? "success" : state;
}

/** GitHub takes no more; the others cut it. */
const longestDescription = 140;

export function descriptionOf({ title, reason }: Notice, template?: string): string {
  const text = printable(template ?? (reason === undefined ? title : `${title}: ${reason}`));
  return text.length <= longestDescription ? text : `${text.slice(0, longestDescription - 1)}…`;
}

/** Under which name a forge shows it: services of one commit stand side by side. */
export function contextOf(beginning: string, { project, service }: Notice): string {
  return printable([beginning, project, service].filter((part) => part !== undefined).join("/"), 200);
}
