/*
 * HTTP to a registry lives here. What is asked of it does not.
 */

import { readFile } from "node:fs/promises";
import PQueue from "p-queue";
import { readFault } from "../../tools/file-fault.js";
import { FairleadError } from "../../errors.js";
import { readAll } from "../../tools/read-all.js";
import { closeLines, dial, openLines } from "./dial.js";
import type { Dialled, Lines } from "./dial.js";
import type { Trust } from "./endpoint.js";
import { connectionFault } from "./fault.js";
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
}

/** The specification asks registries to take manifests of 4 MiB; nobody may send us more. */
const longestBody = 4 * 1024 * 1024;

/** HTTP without opinions: one request, one answer or one ConnectionFault; connections are kept per host and trust. */
export class Transport {
  private readonly lines = new Map<string, Promise<Lines>>();
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

  private async exchange(question: Question, lines: Lines): Promise<Answer> {
    const { timeoutMs, userAgent } = this.options;
    const { url, reach, longest = longestBody } = question;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      assertWithin(reach, url.hostname);
      const headers = { "user-agent": userAgent, "accept-encoding": "identity", ...question.headers };
      const response = await dial({ ...question, headers }, lines, signal);
      const { statusCode: status = 0, headers: answered } = response;
      const { remoteAddress: remote } = response.socket;
      return { status, headers: answered, body: await readAll(response, longest), url, remote };
    } catch (thrown) {
      throw connectionFault(signal.aborted ? signal.reason : thrown, url.host, timeoutMs);
    }
  }

  private laneFor(host: string): Lane {
    const known = this.lanes.get(host);
    if (known !== undefined) return known;
    const lane = new Lane(this.options.widths);
    this.lanes.set(host, lane);
    return lane;
  }

  /** Kept connections are not looked up again, so that each reach has its own. */
  private linesFor({ trust, reach }: Question): Promise<Lines> {
    const key = JSON.stringify([trust.ca ?? trust.verify, reach]);
    const known = this.lines.get(key);
    if (known !== undefined) return known;
    const lines = this.open(trust, reach);
    lines.catch(() => this.lines.delete(key));
    this.lines.set(key, lines);
    return lines;
  }

  private async open({ ca, verify }: Trust, reach: Reach): Promise<Lines> {
    const roots = ca === undefined ? {} : { ca: await rootsAnd(ca) };
    const { widths, timeoutMs } = this.options;
    // How many are in use is the lanes' matter: those that hang are not to hold up the others here.
    return openLines({
      maxFreeSockets: widths.quick,
      timeout: timeoutMs,
      lookup: lookupWithin(reach),
      rejectUnauthorized: verify,
      ...roots,
    });
  }
}

async function rootsAnd(path: string): Promise<string[]> {
  const { rootCertificates } = await import("node:tls");
  return [...rootCertificates, await readCertificates(path)];
}

async function readCertificates(path: string): Promise<string> {
  try {
    const pem = await readFile(path, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  } catch (cause) {
    const { message, remedy } = readFault(path, cause);
    throw new FairleadError("ConfigInvalid", `\`ca\` under \`registries\`: ${message}`, { remedy, cause });
  }
  throw new FairleadError("ConfigInvalid", `the registry CA file ${path} holds no PEM certificate`, {
    remedy: "`ca` under `registries` in the settings file names a PEM file with one or more certificates.",
  });
}
