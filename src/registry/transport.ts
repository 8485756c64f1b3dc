import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { Agent, request } from "undici";
import { FairleadError } from "../errors.js";
import type { Trust } from "./endpoint.js";
import { connectionFault } from "./fault.js";
import { Lane } from "./lane.js";

export interface Question {
  readonly method: "HEAD" | "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly trust: Trust;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as sent: a digest is the hash of exactly these. */
  readonly body: Buffer;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
}

export interface TransportOptions {
  /** Per request, connection included. */
  readonly timeoutMs: number;
  /** Requests under way at once per host. */
  readonly width: number;
  readonly userAgent: string;
}

/** The specification asks registries to take manifests of 4 MiB; nobody may send us more. */
const longestBody = 4 * 1024 * 1024;

/** HTTP without opinions: one request, one answer or one ConnectionFault; connections are kept per host and trust. */
export class Transport {
  private readonly agents = new Map<string, Promise<Agent>>();
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly options: TransportOptions) {}

  /** The time a request waits for its turn does not count as the registry's. */
  async send(question: Question): Promise<Answer> {
    const agent = await this.agentFor(question.trust);
    return this.laneFor(question.url.host).run(() => this.exchange(question, agent));
  }

  async close(): Promise<void> {
    const agents = await Promise.allSettled(this.agents.values());
    this.agents.clear();
    for (const agent of agents) if (agent.status === "fulfilled") await agent.value.destroy();
  }

  private async exchange({ method, url, headers, body }: Question, dispatcher: Agent): Promise<Answer> {
    const { timeoutMs, userAgent } = this.options;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await request(url, {
        method,
        dispatcher,
        signal,
        headers: { "user-agent": userAgent, "accept-encoding": "identity", ...headers },
        body: body ?? null,
      });
      const { statusCode: status, headers: received } = response;
      return { status, headers: received, body: await readBody(response.body), url };
    } catch (thrown) {
      throw connectionFault(thrown, url.host, timeoutMs);
    }
  }

  private laneFor(host: string): Lane {
    const known = this.lanes.get(host);
    if (known !== undefined) return known;
    const lane = new Lane(this.options.width);
    this.lanes.set(host, lane);
    return lane;
  }

  private agentFor(trust: Trust): Promise<Agent> {
    const key = trust.ca ?? (trust.verify ? "verified" : "unverified");
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const agent = this.openAgent(trust);
    agent.catch(() => this.agents.delete(key));
    this.agents.set(key, agent);
    return agent;
  }

  private async openAgent({ ca, verify }: Trust): Promise<Agent> {
    const { width, timeoutMs } = this.options;
    const roots = ca === undefined ? {} : { ca: [...rootCertificates, await readCertificates(ca)] };
    return new Agent({ connections: width, connect: { timeout: timeoutMs, rejectUnauthorized: verify, ...roots } });
  }
}

async function readBody(body: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > longestBody) throw new Error(`answered with more than ${longestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function readCertificates(path: string): Promise<string> {
  try {
    const pem = await readFile(path, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  } catch (cause) {
    throw new FairleadError("ConfigInvalid", `the registry CA file ${path} cannot be read`, {
      remedy: "Correct `ca` under `registries` in the settings file, or the file's permissions.",
      cause,
    });
  }
  throw new FairleadError("ConfigInvalid", `the registry CA file ${path} holds no PEM certificate`, {
    remedy: "`ca` under `registries` in the settings file names a PEM file with one or more certificates.",
  });
}
