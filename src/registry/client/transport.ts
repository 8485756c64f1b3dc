/*
 * HTTP to a registry lives here. What is asked of it does not.
 */

import PQueue from "p-queue";
import { readAll } from "../../tools/streams/read-all.js";
import { certificatesFor } from "./certificates.js";
import { closeLines, dial, openLines, openProxied } from "../../tools/http/dial.js";
import type { Dialled, Lines } from "../../tools/http/dial.js";
import type { Trust } from "./endpoint.js";
import { connectionFault } from "../../tools/http/fault.js";
import { Lane, type LaneWidths, type Turn } from "./lane.js";
import { assertWithin, lookupWithin, type Reach } from "./reach.js";

export interface Question extends Dialled {
  readonly trust: Trust;
  readonly turn: Turn;
  readonly reach: Reach;
  /** Bytes of the answer; default those of a manifest. */
  readonly longest?: number;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as sent: a digest is the hash of exactly these. */
  readonly body: Buffer;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** The address it came from. */
  readonly remote: string | undefined;
}

export interface TransportOptions {
  /** Per request, connection included. */
  readonly timeoutMs: number;
  /** Requests under way at once per host. */
  readonly widths: LaneWidths;
  /** Requests under way at once, over all hosts (default 64). */
  readonly atOnce?: number | undefined;
  readonly userAgent: string;
  /** The folder with one of certificates for each host, as the engine has it. */
  readonly certificates: string;
  /** The URL of the proxy for a question; undefined: none. */
  readonly proxyFor?: ProxyFor | undefined;
}

export type ProxyFor = (url: URL) => Promise<string | undefined>;

/** The specification asks registries to take manifests of 4 MiB; nobody may send us more. */
const longestBody = 4 * 1024 * 1024;

/** HTTP without opinions: one request, one answer or one ConnectionFault; connections are kept per host and trust. */
export class Transport {
  private readonly lines = new Map<string, Promise<OpenLines>>();
  private readonly lanes = new Map<string, Lane>();
  private readonly places: PQueue;

  constructor(private readonly options: TransportOptions) {
    this.places = new PQueue({ concurrency: options.atOnce ?? 64 });
  }

  /** The time a request waits for its turn does not count as the registry's. */
  async send(question: Question): Promise<Answer> {
    const lines = await this.linesFor(question);
    return this.laneFor(question.url.host).run(question.turn, () =>
      this.places.add(() => this.exchange(question, lines)),
    );
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.lines.values());
    this.lines.clear();
    for (const lines of opened) if (lines.status === "fulfilled") closeLines(lines.value);
  }

  private async exchange(question: Question, lines: OpenLines): Promise<Answer> {
    const { timeoutMs, userAgent } = this.options;
    const { url, reach, longest = longestBody } = question;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      assertWithin(reach, url.hostname);
      const headers = { "user-agent": userAgent, "accept-encoding": "identity", ...question.headers };
      const response = await dial({ ...question, headers }, lines, signal);
      const { statusCode: status = 0, headers: answered } = response;
      // Behind a proxy it is the proxy's own, which says nothing of the registry.
      const remote = lines.proxied ? undefined : response.socket.remoteAddress;
      return { status, headers: answered, body: await readAll(response, longest), url, remote };
    } catch (thrown) {
      const fault = connectionFault(signal.aborted ? signal.reason : thrown, url.host, timeoutMs);
      // Certificates are files, and may have been replaced since they were read.
      if (fault.kind === "certificate" || fault.kind === "not-tls") this.lines.delete(keyOf(question));
      throw fault;
    }
  }

  private laneFor(host: string): Lane {
    const known = this.lanes.get(host);
    if (known !== undefined) return known;
    const lane = new Lane(this.options.widths);
    this.lanes.set(host, lane);
    return lane;
  }

  private linesFor(question: Question): Promise<OpenLines> {
    const key = keyOf(question);
    const known = this.lines.get(key);
    if (known !== undefined) return known;
    const lines = this.open(question);
    lines.catch(() => this.lines.delete(key));
    this.lines.set(key, lines);
    return lines;
  }

  private async open({ trust, reach, url }: Question): Promise<OpenLines> {
    const { widths, timeoutMs, certificates, proxyFor } = this.options;
    const proxy = await proxyFor?.(url);
    const tls = { rejectUnauthorized: trust.verify, ...(await certificatesFor(url.host, trust, certificates)) };
    // How many are in use is the lanes' matter: those that hang are not to hold up the others here.
    const options = { maxFreeSockets: widths.quick, timeout: timeoutMs };
    return proxy === undefined
      ? { ...openLines({ ...options, lookup: lookupWithin(reach) }, tls), proxied: false }
      : { ...(await openProxied(proxy, options, tls)), proxied: true };
  }
}

interface OpenLines extends Lines {
  readonly proxied: boolean;
}

/** Kept connections are not looked up again, so that each reach has its own; and each host may know us by another certificate. */
function keyOf({ trust, reach, url }: Question): string {
  return JSON.stringify([trust.ca ?? trust.verify, trust.client, reach, url.host]);
}
