import { given } from "../../../tools/present.js";
import type { Notice } from "../../model/notice.js";
import type { Told } from "../../model/sender.js";
import { cut, largest } from "./cut.js";

/**
 * What is made of a notice, so long as it fits; else of less and less of it, until it does: first the oldest lines of the log go, then the
 * oldest commits, then the ends of all texts, and at last all but title and command. What was left out is marked.
 */
export function fitted<Made>(told: Told, make: (told: Told) => Made, fits: (made: Made) => boolean): Made {
  let made = make(told);
  for (const less of lessAndLess(told, (one) => fits(make(one)))) {
    if (fits(made)) break;
    made = make(less);
  }
  return made;
}

function* lessAndLess({ notice, text }: Told, fits: (told: Told) => boolean): Generator<Told> {
  if (text !== undefined) {
    const size = largest(text.length, (count) => fits({ notice, text: cut(text, count) }));
    yield { notice, text: cut(text, Math.max(size, 0)) };
    yield { notice: atMost(notice, shortest), text: "" };
    return;
  }
  const { logs = [], between = [] } = notice;
  yield {
    notice: withLogs(
      notice,
      most(logs.length, (count) => fits({ notice: withLogs(notice, count) })),
    ),
  };
  const few = withLogs(notice, 1);
  yield {
    notice: withBetween(
      few,
      most(between.length, (count) => fits({ notice: withBetween(few, count) })),
    ),
  };
  for (const room of [200, 100, 60, shortest]) yield { notice: atMost(withBetween(few, 0), room) };
  const { id, kind, severity, at, title, command, isEnd } = notice;
  const bare: Notice = given({ id, kind, severity, at, title, command, isEnd });
  yield { notice: atMost(bare, 200) };
  yield { notice: atMost(given({ ...bare, command: undefined }), shortest) };
}

const shortest = 30;

/** Of so many lines as many as fit, and one at least. */
function most(lines: number, fits: (count: number) => boolean): number {
  return Math.max(1, largest(lines, fits));
}

function withLogs(notice: Notice, count: number): Notice {
  const { logs = [] } = notice;
  return count >= logs.length ? notice : { ...notice, logs: newest(logs, count, "line") };
}

function withBetween(notice: Notice, count: number): Notice {
  const { between = [] } = notice;
  if (count >= between.length) return notice;
  const [mark = ""] = between;
  if (!mark.startsWith("…")) return { ...notice, between: newest(between, count, "commit") };
  // It says how many are left out already.
  const left = between.length - 1 - count;
  if (left === 0) return notice;
  return {
    ...notice,
    between: [`${mark}, and ${left} after ${left === 1 ? "it" : "them"}`, ...between.slice(1 + left)],
  };
}

function newest(lines: readonly string[], count: number, what: string): readonly string[] {
  const left = lines.length - count;
  return [`… ${left} ${what}${left === 1 ? "" : "s"} more`, ...lines.slice(left)];
}

function fewTags(tags: readonly string[] | undefined): readonly string[] | undefined {
  return tags === undefined || tags.length <= 5 ? tags : ["…", ...tags.slice(-5)];
}

/** Every text of people's words at most as long. */
function atMost(notice: Notice, room: number): Notice {
  const { reason, cause, command, commit, logs, between, change, delivery, title } = notice;
  const short = (text: string) => cut(text, room);
  const shortIf = (text: string | undefined) => (text === undefined ? undefined : short(text));
  return given({
    ...notice,
    title: short(title),
    reason: shortIf(reason),
    cause: shortIf(cause),
    command: shortIf(command),
    logs: logs?.map(short),
    between: between?.map(short),
    change: change && given({ ...change, image: short(change.image), skipped: fewTags(change.skipped)?.map(short) }),
    commit: commit && {
      ...commit,
      source: short(commit.source),
      author: short(commit.author),
      subject: short(commit.subject),
    },
    delivery: delivery && { ...delivery, services: delivery.services.slice(0, 5).map(short) },
  });
}
