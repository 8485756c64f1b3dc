import { wrongAt } from "../../tools/placed.js";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import { noticeKinds, type NoticeKind } from "../model/notice.js";

/** Whether an event is one of those that `on:` names. */
export function isMeant(kind: NoticeKind, on: readonly string[]): boolean {
  return on.includes(kind) || (kind.startsWith("hook:") && on.includes("hook:*"));
}

/** `receivers`: those that there are. Throws FairleadError `ConfigInvalid` for what can be no event. */
export function checkKind(word: string, place: () => string, receivers: readonly string[]): void {
  if (noticeKinds.some((kind) => kind === word) || word === "hook:*") return;
  const [, receiver] = /^hook:(.+)$/.exec(word) ?? [];
  if (receiver === undefined) {
    const remedy = `write one of ${noticeKinds.join(", ")}, hook:<receiver>`;
    throw wrongAt(place(), `${quote(word)} is no event${hintOf(word, noticeKinds)}`, remedy);
  }
  if (receivers.includes(receiver)) return;
  const remedy = "write a name of receivers:, or the type of a hook, such as dockerhub";
  throw wrongAt(place(), `there is no receiver ${quote(receiver)}${hintOf(receiver, receivers)}`, remedy);
}

function hintOf(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`;
}
