import { reachOf, trustOf, type Scheme } from "../client/endpoint.js";
import { ConnectionFault } from "../../tools/http/fault.js";
import type { Reach } from "../client/reach.js";
import type { RegistrySettings } from "../client/settings.js";
import type { Answer, Question, Transport } from "../client/transport.js";
import { distrusted, headerOf, unreachable, type Subject } from "../faults/failure.js";
import type { Reporter } from "../faults/reporter.js";

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;

/** An answer with a token is a few thousand bytes. */
const longestToken = 128 * 1024;

/** Where a registry sends us, and the address at which it said so. */
export interface Referral {
  readonly url: URL;
  readonly remote: string | undefined;
}

/** A question to a URL of the registry's choice, or to a path of its API (scheme yet to be found out). */
export type Letter = Pick<Question, "method" | "headers" | "body">;

/** Sends questions on behalf of one registry: finds its scheme, follows redirects, reports each request. */
export class Correspondence {
  /** By host: what it has been found to speak; forgotten when it no longer does. */
  private readonly schemes = new Map<string, Scheme>();

  constructor(
    private readonly transport: Pick<Transport, "send">,
    private readonly settings: RegistrySettings,
    private readonly reporter: Reporter,
  ) {}

  /** To the registry's own API. `path` begins with `/v2/`. */
  async ask(letter: Letter, path: string, subject: Subject): Promise<Answer> {
    const { host, schemes } = subject.endpoint;
    const known = this.schemes.get(host);
    const [first, second] = known === undefined ? schemes : [known];
    const earlier = await this.attempt(letter, path, first, subject);
    if (!isConclusive(earlier, first)) this.schemes.delete(host);
    if (second === undefined || isConclusive(earlier, first)) return conclude(earlier, subject);
    return conclude(moreTelling(earlier, await this.attempt(letter, path, second, subject)), subject);
  }

  /** To a token server, which may be another host than the registry. Throws ConnectionFault where no answer comes. */
  askElsewhere(letter: Letter, { url, remote }: Referral, subject: Subject): Promise<Answer> {
    const trust = trustOf(url.host, subject.endpoint, this.settings);
    const reach = reachOf(url.host, remote, subject.endpoint, this.settings);
    return this.send({ ...letter, url, trust, reach, longest: longestToken }, subject);
  }

  private async attempt(
    letter: Letter,
    path: string,
    scheme: Scheme,
    subject: Subject,
  ): Promise<Answer | ConnectionFault> {
    try {
      const answer = await this.follow(letter, path, scheme, subject);
      if (isConclusive(answer, scheme)) this.schemes.set(subject.endpoint.host, scheme);
      return answer;
    } catch (thrown) {
      if (thrown instanceof ConnectionFault) return thrown;
      throw thrown;
    }
  }

  private async follow(letter: Letter, path: string, scheme: Scheme, subject: Subject): Promise<Answer> {
    const { endpoint } = subject;
    let headers = letter.headers;
    let url = new URL(`${scheme}://${endpoint.host}${path}`);
    let reach: Reach = "anywhere";
    let own: string | undefined;
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      const trust = trustOf(url.host, endpoint, this.settings);
      const answer = await this.send({ ...letter, headers, url, trust, reach }, subject);
      own ??= answer.remote;
      const location = headerOf(answer, "location");
      // What is written goes to the registry itself, and to nobody whom it names.
      if (!redirects.has(answer.status) || location === undefined || letter.method === "PUT") return answer;
      const next = redirectTarget(location, url, subject);
      if (next.host !== url.host || (next.protocol === "http:" && url.protocol === "https:")) {
        headers = withoutAuthorization(headers);
      }
      url = next;
      reach = reachOf(url.host, own, endpoint, this.settings);
    }
    throw distrusted(subject, `${endpoint.host} redirects in a circle`, `Look at the proxy in front of it.`);
  }

  private async send(question: Omit<Question, "turn">, { endpoint, image, urgent }: Subject): Promise<Answer> {
    try {
      const turn = { of: `${image.registry}/${image.repository}`, urgent };
      const answer = await this.transport.send({ ...question, turn });
      this.reporter.answered(endpoint.account, question.method, answer);
      return answer;
    } catch (thrown) {
      if (thrown instanceof ConnectionFault) this.reporter.failed(endpoint.account, question.method);
      throw thrown;
    }
  }
}

/** A TLS server answers 400 to plain HTTP; a registry never does to a well-formed name. */
function isConclusive(result: Answer | ConnectionFault, scheme: Scheme): boolean {
  if (result instanceof ConnectionFault) return result.kind === "dns" || result.kind === "timeout";
  return result.status !== 400 || scheme === "https";
}

function moreTelling(earlier: Answer | ConnectionFault, later: Answer | ConnectionFault): Answer | ConnectionFault {
  if (!(later instanceof ConnectionFault)) return later;
  return earlier instanceof ConnectionFault && earlier.kind === "not-tls" ? later : earlier;
}

function conclude(result: Answer | ConnectionFault, subject: Subject): Answer {
  if (result instanceof ConnectionFault) throw unreachable(result, subject);
  return result;
}

function redirectTarget(location: string, from: URL, subject: Subject): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isWeb = target?.protocol === "https:" || target?.protocol === "http:";
  if (target === undefined || !isWeb) {
    throw distrusted(subject, `${from.host} redirects to no usable address`, "Look at the proxy in front of it.");
  }
  if (target.protocol === "http:" && !subject.endpoint.trust.plain) {
    throw distrusted(
      subject,
      `${from.host} redirects to plain HTTP at ${target.host}`,
      `Correct the redirect, or allow plain HTTP: \`registries: {"${subject.endpoint.registry}": {insecure: true}}\`.`,
    );
  }
  return target;
}

/** Storage behind a registry gets no token: it would be handed to a stranger, and S3 refuses requests with two. */
function withoutAuthorization(headers: Letter["headers"]): Letter["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
}
