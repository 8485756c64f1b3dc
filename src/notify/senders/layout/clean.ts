import { given } from "../../../tools/present.js";
import { printable } from "../../../tools/printable.js";
import type { Notice } from "../../model/notice.js";
import type { Told } from "../../model/sender.js";
import { cut } from "./cut.js";

/** More than anybody reads; vendors' own limits are narrower. */
const most = { title: 300, sentence: 1000, word: 300, line: 400, text: 60_000, lines: 60 } as const;

/** Words at which programs wake a whole room. */
const roomNames = /@(?=(?:everyone|here|channel|room|all|group)(?![a-z0-9_]))/gi;

/** For people: on top of what is printable, no text calls everybody. */
export function forPeople(told: Told): Told {
  return cleaned(told, (text) => text.replace(roomNames, "@\u200b"));
}

/** For programs: as it is, but bounded, and without characters that steer. */
export function forPrograms(told: Told): Told {
  return cleaned(told, (text) => text);
}

function cleaned({ notice, text }: Told, last: (text: string) => string): Told {
  const one = (room: keyof typeof most) => (words: string) => last(cut(printable(words), most[room]));
  return given({ notice: cleanedNotice(notice, one), text: text === undefined ? undefined : lines(text, last) });
}

/** A template's result has lines of its own. */
function lines(text: string, last: (text: string) => string): string {
  const plain = text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => printable(line));
  return last(cut(plain.join("\n").trim(), most.text));
}

type Cleaner = (room: keyof typeof most) => (words: string) => string;

function cleanedNotice(notice: Notice, one: Cleaner): Notice {
  const { reason, cause, command, commit, between, logs, change, delivery, link } = notice;
  const version = (of: { readonly digest: string; readonly tag?: string }) => ({
    ...{ ...of, digest: one("word")(of.digest) },
    ...(of.tag === undefined ? {} : { tag: one("word")(of.tag) }),
  });
  return given({
    ...notice,
    title: one("title")(notice.title) || notice.kind,
    reason: reason === undefined ? undefined : one("sentence")(reason),
    cause: cause === undefined ? undefined : one("word")(cause),
    command: command === undefined ? undefined : one("sentence")(command),
    link: addressIn(link),
    between: between?.slice(-most.lines).map(one("line")),
    logs: logs?.slice(-most.lines).map(one("line")),
    change: change && {
      ...given({ rollout: change.rollout === undefined ? undefined : one("word")(change.rollout) }),
      ...given({ from: change.from === undefined ? undefined : version(change.from) }),
      image: one("word")(change.image),
      to: version(change.to),
      ...given({ skipped: change.skipped?.slice(-most.lines).map(one("word")) }),
    },
    commit: commit && {
      id: one("word")(commit.id),
      source: one("word")(commit.source),
      author: one("word")(commit.author),
      subject: one("line")(commit.subject),
      ...given({
        url: addressIn(commit.url),
        before: commit.before === undefined ? undefined : one("word")(commit.before),
      }),
    },
    delivery: delivery && {
      ...delivery,
      receiver: one("word")(delivery.receiver),
      services: delivery.services.slice(0, most.lines).map(one("word")),
      ...given({
        repository: delivery.repository === undefined ? undefined : one("word")(delivery.repository),
        tag: delivery.tag === undefined ? undefined : one("word")(delivery.tag),
        digest: delivery.digest === undefined ? undefined : one("word")(delivery.digest),
      }),
    },
  });
}

/** Only what a browser opens, and as a browser writes it: no quotes, no brackets, no spaces. */
function addressIn(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const { protocol, href } = new URL(link);
  const plain = href.replace(/[()'*_|~`\\<>"]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return (protocol === "https:" || protocol === "http:") && plain.length <= 500 ? plain : undefined;
}
