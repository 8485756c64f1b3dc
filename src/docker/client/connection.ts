/*
 * How the engine is spoken to lives here. What is said to it does not.
 */

import type { IncomingMessage } from "node:http";
import { addAbortSignal } from "node:stream";
import type { Duplex, Readable } from "node:stream";
import type { z } from "zod";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { Cached } from "../../tools/sharing/cached.js";
import { readAll } from "../../tools/streams/read-all.js";
import { openModem } from "./client.js";
import type { Modem } from "./client.js";
import { Deadline } from "./deadline.js";
import type { Endpoint } from "./endpoint.js";
import { openLogin } from "./login.js";
import type { OpenLogin } from "./login.js";
import { quotable, Refusal, unreachable } from "./refusal.js";
import { isVersionRefusal, negotiate, podmanIn } from "./version.js";
import type { VersionReport } from "./version.js";

export interface Call {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Without version and query. Built from full ids and checked references only: the client encodes nothing. */
  readonly path: string;
  /** A list stands for a parameter that is repeated. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly body?: object;
  /** A tar archive, in place of a body; a stream is sent as it is read. */
  readonly archive?: Buffer | Readable;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Credentials by registry, as the classic builder takes them. */
  readonly registries?: Readonly<Record<string, RegistryCredentials>>;
  readonly credentials?: RegistryCredentials | undefined;
  /** What is being done, as an infinitive, for messages. */
  readonly task: string;
  /** For the whole answer, or until the beginning of a stream. Default 30 s. */
  readonly timeoutMs?: number;
  /** Asks for the connection itself, to speak this protocol on it. */
  readonly protocol?: string;
  readonly signal?: AbortSignal | undefined;
}

/** `lasts`: the answer may go on for ever. */
type Dialled = Call & { readonly lasts?: true };

/** Every status is ours to judge: the client's own judgement loses the body and takes 304 for an error. */
const allStatuses = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));
const answerLimit = 256 * 1024 * 1024;

interface Agreement {
  readonly version: string;
  readonly podman: string | undefined;
}

/** Speaks to one engine, lazily: nothing is connected before the first call, and an absent engine may come later. */
export class Connection {
  readonly #modem: Modem;
  readonly #changing: Modem;
  readonly #streaming: Modem;
  readonly #agreed = new Cached(() => this.#negotiate());

  constructor(readonly endpoint: Endpoint) {
    this.#modem = openModem(endpoint.client);
    this.#changing = openModem(endpoint.unkept);
    this.#streaming = openModem(endpoint.streams);
  }

  /**
   * The answer, which has to be of this shape: what is not says nothing, and is as good as no answer. Throws Refusal, or
   * FairleadError `EngineUnreachable`, `EngineTooOld`.
   */
  async ask(call: Call, shape: z.ZodType): Promise<unknown> {
    return shaped(call, (await this.read(call)).toString("utf8"), shape);
  }

  /** The same, and what the engine's clock said: RFC 9110 wants a Date in each answer. */
  async askDated(
    call: Call,
    shape: z.ZodType,
  ): Promise<{ readonly answer: unknown; readonly date: string | undefined }> {
    const take = async (response: IncomingMessage) => ({
      body: (await readBody(response)).toString("utf8"),
      date: response.headers.date,
    });
    const { body, date } = await this.#renegotiating(call, (deadline) => this.#versioned(call, deadline, take));
    return { answer: shaped(call, body, shape), date };
  }

  /** Something is to be done: what is said to it, nobody needs. */
  async tell(call: Call): Promise<void> {
    await this.read(call);
  }

  /** The answer's bytes. */
  async read(call: Call): Promise<Buffer> {
    return this.#renegotiating(call, (deadline) => this.#versioned(call, deadline, readBody));
  }

  /** The answer's head alone. */
  async head(call: Call & { readonly method: "HEAD" }): Promise<IncomingMessage["headers"]> {
    const take = (response: IncomingMessage) => Promise.resolve(response.resume().headers);
    return this.#renegotiating(call, (deadline) => this.#versioned(call, deadline, take));
  }

  /** The answer's body as it comes; the caller's signal ends it. */
  async stream(call: Call & { readonly signal: AbortSignal }): Promise<IncomingMessage> {
    const open = (response: IncomingMessage) => Promise.resolve(addAbortSignal(call.signal, response));
    return this.#renegotiating(call, (deadline) => this.#versioned({ ...call, lasts: true }, deadline, open));
  }

  /** The API version that both sides speak. */
  async version(): Promise<string> {
    return (await this.#agreed.get()).version;
  }

  /** Its version, where the engine is Podman. */
  async podman(): Promise<string | undefined> {
    return (await this.#agreed.get()).podman;
  }

  /** The bare connection, once both sides have agreed to speak another protocol on it. */
  async upgrade(call: Call & { readonly protocol: string }): Promise<Duplex> {
    const open = (response: IncomingMessage) => Promise.resolve(response as unknown as Duplex);
    return this.#renegotiating(call, (deadline) => this.#versioned(call, deadline, open));
  }

  /** After a loss: the engine that comes back may be another one. */
  forget(): void {
    this.#agreed.invalidate();
  }

  async #renegotiating<T>(call: Call, attempt: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(call.timeoutMs ?? 30_000, call.signal);
    try {
      return await attempt(deadline);
    } catch (error) {
      if (!(error instanceof Refusal) || !isVersionRefusal(error.status, error.message)) throw error;
      this.forget();
      return await attempt(deadline);
    } finally {
      deadline.clear();
    }
  }

  async #versioned<T>(call: Dialled, deadline: Deadline, take: (response: IncomingMessage) => Promise<T>): Promise<T> {
    const { version } = await this.#agreed.get();
    return this.#send({ ...call, path: `/v${version}${call.path}` }, deadline, take);
  }

  async #negotiate(): Promise<Agreement> {
    const deadline = new Deadline(10_000);
    const call: Call = { method: "GET", path: "/version", task: "ask its version" };
    try {
      const body = await this.#send(call, deadline, readBody);
      const report = parseReport(body);
      return { version: negotiate(report), podman: podmanIn(report) };
    } finally {
      deadline.clear();
    }
  }

  async #send<T>(call: Dialled, deadline: Deadline, take: (response: IncomingMessage) => Promise<T>): Promise<T> {
    try {
      const response = await deadline.race(this.#dialAgain(call, deadline));
      // The client hands over a socket instead of an answer when the engine has agreed to an upgrade.
      const status = call.protocol !== undefined && !("statusCode" in response) ? 101 : (response.statusCode ?? 0);
      if (status === 101) return await take(response);
      if ((status >= 200 && status < 300) || status === 304) return await deadline.race(take(response));
      throw new Refusal(call.task, status, reasonOf(await deadline.race(readBody(response)), status));
    } catch (error) {
      if (error instanceof Refusal || error instanceof FairleadError) throw error;
      this.forget();
      if (deadline.cancelled) throw new FairleadError("EngineRefused", `interrupted: ${call.task}`, { cause: error });
      throw unreachable(this.endpoint.name, call.task, deadline.expired ? "ETIMEDOUT" : codeOf(error), error);
    }
  }

  /** A kept connection may have died with an earlier engine: that shows only on the next call, and a GET may be made twice. */
  async #dialAgain(call: Dialled, deadline: Deadline): Promise<IncomingMessage> {
    try {
      return await this.#dial(call, deadline.signal);
    } catch (error) {
      if (call.method !== "GET" || codeOf(error) !== "ECONNRESET" || deadline.signal.aborted) throw error;
      return this.#dial(call, deadline.signal);
    }
  }

  #dial(
    { method, path, query = {}, body = {}, archive, headers, credentials, registries, protocol, lasts }: Dialled,
    abortSignal: AbortSignal,
  ): Promise<IncomingMessage> {
    const options = { _query: query, _body: body };
    const request = {
      method,
      path: Object.keys(query).length === 0 ? path : `${path}?`,
      options,
      authconfig: credentials && openLogin(credentials),
      registryconfig: registries && openLogins(registries),
      file: archive,
      ...(protocol === undefined ? {} : { hijack: true }),
      ...(headers === undefined && protocol === undefined
        ? {}
        : { headers: { ...headers, ...(protocol === undefined ? {} : { Upgrade: protocol }) } }),
      abortSignal,
      isStream: true,
      statusCodes: allStatuses,
    };
    return new Promise((resolve, reject) => {
      // An engine on its way down takes no new connection, but for seconds goes on answering on those it has; what it is
      // asked to start then, it can never start again.
      const reading = lasts === true ? this.#streaming : this.#modem;
      const modem = method === "GET" ? reading : this.#changing;
      modem.dial(request, (error, response) => {
        if (error === null) resolve(response);
        else reject(error instanceof Error ? error : new Error("the client failed", { cause: error }));
      });
    });
  }
}

function readBody(response: IncomingMessage): Promise<Buffer> {
  return readAll(response, answerLimit);
}

function openLogins(logins: Readonly<Record<string, RegistryCredentials>>): Readonly<Record<string, OpenLogin>> {
  return Object.fromEntries(Object.entries(logins).map(([registry, login]) => [registry, openLogin(login)]));
}

function shaped(call: Call, body: string, shape: z.ZodType): unknown {
  const value = parsed(body);
  const problem = shape.safeParse(value).error?.issues[0];
  if (problem === undefined) return value;
  const where = problem.path.length === 0 ? "" : ` at ${problem.path.join(".")}`;
  const what = body.trim() === "" ? "it is empty" : `${problem.message}${where}`;
  throw new FairleadError(
    "EngineUnreachable",
    `cannot ${call.task}: the answer is not an engine's: ${quotable(what)}`,
    {
      remedy: "check what answers at DOCKER_HOST: an engine, or a proxy before it",
    },
  );
}

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "no answer";
}

function parseReport(body: Buffer): VersionReport {
  try {
    const report: unknown = JSON.parse(body.toString("utf8"));
    return typeof report === "object" && report !== null ? report : {};
  } catch {
    return {};
  }
}

/** The engine says `{"message": …}`; a proxy in between says what it likes. */
function reasonOf(body: Buffer, status: number): string {
  const text = body.subarray(0, 64 * 1024).toString("utf8");
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "message" in answer) return quotable(String(answer.message));
  } catch {
    // not the engine's own words
  }
  return quotable(text) || `HTTP status ${status}`;
}
