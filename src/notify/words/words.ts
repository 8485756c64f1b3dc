/*
 * What pipelines and programs are told of a notice lives here, as a few words, and which notices are chosen for them.
 */

import { familiarName, parseImage } from "../../compose/values/image.js";
import { printable } from "../../tools/printable.js";
import type { Notice } from "../model/notice.js";

export const wordNames = [
  ...(["event", "project", "service", "image", "repository", "tag", "digest", "receiver", "commit"] as const),
] as const;
export type WordName = (typeof wordNames)[number];

/** Each is one printable line, and empty where the notice does not say it. Strangers may have written them. */
export type Words = Readonly<Record<WordName, string>>;

const longestWord = 300;

/** `digest`: what the tag is, where the notice itself does not say so. */
export function wordsOf(notice: Notice, digest = ""): Words {
  const { kind, project, service, delivery, commit } = notice;
  const subject = subjectOf(notice);
  const { tag } = subject;
  const repository = familiar(subject.repository);
  const words = {
    ...{ event: kind, project, service, receiver: delivery?.receiver, commit: commit?.id },
    ...{ repository, tag, digest: subject.digest ?? digest, image: imageOf(repository, tag, subject.digest ?? digest) },
  };
  return Object.fromEntries(wordNames.map((name) => [name, printable(words[name] ?? "", longestWord)])) as Words;
}

/** Which image a notice is about. */
export interface Subject {
  /** As services files would write it. */
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

export function subjectOf({ delivery, change }: Notice): Subject {
  if (delivery !== undefined) {
    const { repository, tag, digest } = delivery;
    return { repository, tag, digest };
  }
  if (change === undefined) return {};
  const { image, to } = change;
  return { repository: image.replace(/@.*$/, "").replace(/:[^:/]*$/, ""), ...to };
}

/** Without one, some registry's image of that name is meant. */
export function hasRegistry(repository: string): boolean {
  const [host = "", ...path] = repository.split("/");
  return path.length > 0 && (/[.:]/.test(host) || host === "localhost");
}

/** `docker.io/library/nginx` is `nginx` in services files. */
export function familiar(repository: string | undefined): string | undefined {
  try {
    return repository === undefined ? undefined : familiarName(parseImage(repository));
  } catch {
    return repository;
  }
}

/** As a services file would write it: by its tag, else by its digest. */
function imageOf(repository: string | undefined, tag: string | undefined, digest: string): string | undefined {
  if (repository === undefined) return undefined;
  if (tag !== undefined) return `${repository}:${tag}`;
  return digest === "" ? repository : `${repository}@${digest}`;
}
