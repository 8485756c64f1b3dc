import type { Notice, NoticeKind, Severity } from "../model/notice.js";
import { noticeId, severityOf } from "./draft.js";
import type { Found } from "./found.js";

/** After one was told, a problem that comes and goes is told so often at the most, and how often it did so besides. */
export const quietMs = 10 * 60_000;

/** What is known of a problem: what people were told, and what has become of it since. */
export interface KnownProblem {
  readonly told: "open" | "ended";
  readonly toldFingerprint: string;
  /** Epoch ms: when its last beginning was told. */
  readonly toldAt: number;
  /** As it was seen last; absent: it is over. */
  readonly seenFingerprint?: string;
  /** Beginnings and changes that were not told. */
  readonly suppressed: number;
  readonly kind: NoticeKind;
  readonly severity: Severity;
  readonly project?: string;
  readonly service?: string;
  readonly title: string;
  readonly end?: { readonly kind: NoticeKind; readonly title: string };
}

export interface Judgement {
  readonly notice?: Notice;
  /** Undefined: it is to be forgotten. */
  readonly known: KnownProblem | undefined;
}

/** A problem is there: it is told once, until it changes or ends. */
export function judgeFound(key: string, found: Found, known: KnownProblem | undefined, at: number): Judgement {
  const { fingerprint, kind, project, service, title, reason, command, end } = found;
  const whose = { ...(project === undefined ? {} : { project }), ...(service === undefined ? {} : { service }) };
  const isTold = known?.told === "open" && known.toldFingerprint === fingerprint;
  const isNews = known?.seenFingerprint !== fingerprint;
  const suppressed = (known?.suppressed ?? 0) + (known !== undefined && isNews ? 1 : 0);
  const isQuiet = known !== undefined && at - known.toldAt < quietMs && at >= known.toldAt;
  if (known !== undefined && (isQuiet || (isTold && suppressed === 0))) {
    return { known: isNews ? { ...known, seenFingerprint: fingerprint, suppressed } : known };
  }
  // What is told now is not among those that were not.
  const untold = known === undefined ? 0 : suppressed - (isTold ? 0 : 1);
  const severity = severityOf(kind);
  return {
    notice: {
      ...{ id: noticeId("problem", key, fingerprint, at), kind, severity, at, ...whose, problem: key, title, reason },
      ...(command === undefined ? {} : { command }),
      ...(untold > 0 ? { suppressed: untold } : {}),
    },
    known: {
      ...{ told: "open", toldFingerprint: fingerprint, toldAt: at, seenFingerprint: fingerprint, suppressed: 0 },
      ...{ kind, severity, ...whose, title },
      ...(end === undefined ? {} : { end }),
    },
  };
}

/** A problem that is known is not there any more. */
export function judgeGone(key: string, known: KnownProblem, at: number): Judgement {
  const { seenFingerprint: _seen, ...rest } = known;
  const isQuiet = at - known.toldAt < quietMs && at >= known.toldAt;
  if (known.told === "open") return { ...endOf(key, known, at, 0), known: { ...rest, told: "ended" } };
  if (isQuiet) return { known: known.seenFingerprint === undefined ? known : rest };
  return { ...(known.suppressed > 0 ? endOf(key, known, at, known.suppressed) : {}), known: undefined };
}

function endOf(key: string, { end, project, service }: KnownProblem, at: number, suppressed: number) {
  if (end === undefined) return {};
  return {
    notice: {
      ...{ id: noticeId("end", key, at), kind: end.kind, severity: "info" as const, at },
      ...(project === undefined ? {} : { project }),
      ...(service === undefined ? {} : { service }),
      ...{ problem: key, isEnd: true as const, title: end.title },
      ...(suppressed > 0 ? { suppressed, reason: `it came and went ${suppressed} more times meanwhile` } : {}),
    } satisfies Notice,
  };
}
