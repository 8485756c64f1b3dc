/*
 * Manifests and platforms live here: what a tag amounts to on this host.
 */

import type { Digest } from "../../compose/values/image.js";
import type { Answer } from "../client/transport.js";
import { refusal, type Subject } from "../faults/failure.js";
import { withWords } from "../faults/push.js";
import type { Authority, Pass } from "../login/authority.js";
import type { Correspondence, Letter } from "../login/correspondence.js";
import { manifestAccept } from "./manifest.js";

export interface Content {
  /** Its media type. */
  readonly type: string;
  readonly body: Buffer;
}

/** Reads manifests, blobs and lists, logging in where that is asked for. Every answer it gives is a 200, but for `ask` and `put`; it throws FairleadError. */
export class Reader {
  constructor(
    private readonly correspondence: Pick<Correspondence, "ask">,
    private readonly authority: Authority,
    private readonly now: () => number,
  ) {}

  async get(reference: string, subject: Subject): Promise<Answer> {
    return this.accept(await this.ask("GET", manifestPath(reference, subject), subject), subject);
  }

  async blob(digest: Digest, subject: Subject): Promise<Answer> {
    return this.accept(await this.ask("GET", `/v2/${subject.image.repository}/blobs/${digest}`, subject), subject);
  }

  /** Undefined where the registry has no HEAD. */
  async head(reference: string, subject: Subject): Promise<Answer | undefined> {
    const answer = await this.ask("HEAD", manifestPath(reference, subject), subject);
    return answer.status === 405 || answer.status === 501 ? undefined : this.accept(answer, subject);
  }

  /** Writes the manifest of a tag; whatever is answered, but for what a login changes. */
  put(tag: string, content: Content, subject: Subject): Promise<Answer> {
    return this.exchange("PUT", manifestPath(tag, subject), subject, content);
  }

  /** Whatever is answered, but for what a login changes. `path` begins with `/v2/`. */
  ask(method: "HEAD" | "GET", path: string, subject: Subject): Promise<Answer> {
    return this.exchange(method, path, subject);
  }

  private async exchange(method: Letter["method"], path: string, subject: Subject, content?: Content): Promise<Answer> {
    const offered = await this.authority.offer(subject);
    const answer = await this.correspondence.ask(letter(method, offered, content), path, subject);
    if (answer.status === 403) throw this.rejection(answer, offered, subject);
    if (answer.status !== 401) return answer;
    // Only the registry's own host may ask for credentials, not one it has redirected to.
    if (answer.url.host !== subject.endpoint.host) throw refusal(answer, subject, this.now());

    const fresh = await this.authority.answer(answer, offered, subject);
    const second = await this.correspondence.ask(letter(method, fresh, content), path, subject);
    if (second.status !== 401 && second.status !== 403) return second;
    throw this.rejection(second, fresh, subject);
  }

  /** What the registry says of a refused push tells a right that is missing from a tag that may not move. */
  private rejection(answer: Answer, pass: Pass | undefined, subject: Subject): Error {
    const error = this.authority.rejection(answer.headers["www-authenticate"], pass, subject);
    return subject.about === "push" ? withWords(error, answer) : error;
  }

  /** Throws for all but a 200. */
  accept(answer: Answer, subject: Subject): Answer {
    if (answer.status === 200) return answer;
    throw refusal(answer, subject, this.now());
  }
}

function manifestPath(reference: string, { image }: Subject): string {
  return `/v2/${image.repository}/manifests/${reference}`;
}

function letter(method: Letter["method"], pass: Pass | undefined, content: Content | undefined): Letter {
  const authorization = pass === undefined ? {} : { authorization: pass.header };
  if (content === undefined) return { method, headers: { accept: manifestAccept, ...authorization } };
  return { method, headers: { "content-type": content.type, ...authorization }, body: content.body };
}
