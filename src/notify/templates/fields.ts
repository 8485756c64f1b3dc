import type { Notice } from "../model/notice.js";

/** `true`: a value, or a list of them; `*`: any name. */
export interface Fields {
  readonly [name: string]: Fields | true;
}

const version: Fields = { digest: true, tag: true };

/** A record: a new field of a notice does not compile until it is said whether templates have it. */
const ofNotice: Readonly<Record<keyof Notice, Fields | true>> = {
  id: true,
  kind: true,
  severity: true,
  /** ISO 8601. */
  at: true,
  project: true,
  service: true,
  labels: { "*": true },
  problem: true,
  isEnd: true,
  title: true,
  reason: true,
  change: { rollout: true, image: true, from: version, to: version, skipped: true },
  cause: true,
  commit: { id: true, source: true, url: true, author: true, subject: true, before: true },
  between: true,
  logs: true,
  command: true,
  link: true,
  delivery: { receiver: true, outcome: true, repository: true, tag: true, digest: true, services: true },
  suppressed: true,
};

/** The names that a template may use. */
export const templateFields: Fields = ofNotice;

/** A notice as templates see it. */
export function fieldsIn(notice: Notice): object {
  return { ...notice, at: new Date(notice.at).toISOString() };
}
