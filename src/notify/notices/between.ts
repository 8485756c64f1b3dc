import type { CommitsBetween, PassedCommit } from "../../control/ports/source.js";
import type { NoticeCommit } from "../model/notice.js";
import { told } from "./draft.js";

const mostTags = 3;

/** The commits as lines of a notice, oldest first; what there is to say besides begins with `…`. */
export function linesBetween(found: CommitsBetween, { before = "" }: NoticeCommit): readonly string[] {
  const name = before.slice(0, 7);
  switch (found.kind) {
    case "listed":
      return [...moreLines(found), ...found.commits.map(lineOf)];
    case "rewritten":
      return [`… not listed: ${name}, which ran before, is not in the history of this commit`];
    case "gone":
      return ["… not listed: this commit is not in the newest of what is followed any more"];
    case "beyond":
      return [`… not listed: ${name}, which ran before, is not among the newest ${found.depth} generations of commits`];
  }
}

/** Where they could not be found out. */
export function unlisted(why: string): readonly string[] {
  return [told(`… not listed: ${why}`, 300)];
}

function moreLines({ more, isAll }: Extract<CommitsBetween, { kind: "listed" }>): readonly string[] {
  const count = more === 0 ? [] : [`${more} more`];
  return count.length === 0 && isAll
    ? []
    : [`… ${[...count, ...(isAll ? [] : ["perhaps others, of old branches"])].join(" and ")}`];
}

function lineOf({ id, author, subject, tags }: PassedCommit): string {
  const names = [...tags.slice(0, mostTags), ...(tags.length > mostTags ? ["…"] : [])].join(", ");
  return `${id.slice(0, 7)} ${told(author, 60)}: ${told(subject, 200)}${names === "" ? "" : ` (${told(names, 100)})`}`;
}
