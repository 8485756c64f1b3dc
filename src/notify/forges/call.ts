import { ask, type Asking, type Reading } from "../exchange/answer.js";
import { limitedIn } from "../exchange/limited.js";
import { jsonIn } from "../exchange/words.js";
import type { Answer } from "../model/channel.js";
import type { Outgoing, Reply } from "../model/exchange.js";
import type { Secret } from "../../tools/secret.js";

/** A forge's API, for one notice. */
export interface Api {
  readonly by: Asking;
  /** Without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly reading: Reading;
  /** What a refusal means that is none. */
  readonly read?: (reply: Reply) => Answer | undefined;
  readonly signal: AbortSignal;
}

export interface Called {
  readonly answer: Answer;
  /** Undefined: it was no JSON, or longer than what is read. */
  readonly json: unknown;
}

export async function call(api: Api, method: Outgoing["method"], path: string, body?: unknown): Promise<Called> {
  const outgoing: Outgoing = {
    ...{ method, url: `${api.base}${path}` },
    headers: body === undefined ? api.headers : { "content-type": "application/json", ...api.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  let json: unknown;
  const answer = await ask(api.by, outgoing, api.signal, {
    ...api.reading,
    read: (reply) => {
      json = jsonIn(reply.text);
      return api.read?.(reply) ?? limitedIn(reply, outgoing, api.by);
    },
  });
  return { answer, json };
}

/** The first of a list that was asked for; undefined: there is none. */
export interface Found {
  readonly answer: Answer;
  readonly first: Readonly<Record<string, unknown>> | undefined;
}

export async function find(api: Api, path: string, query: Readonly<Record<string, string>>): Promise<Found> {
  const { answer, json } = await call(api, "GET", `${path}?${new URLSearchParams(query).toString()}`);
  if (answer.outcome !== "delivered") return { answer, first: undefined };
  if (!Array.isArray(json)) return { answer: { outcome: "later", why: "its answer is no list" }, first: undefined };
  const [first] = json as readonly unknown[];
  return { answer, first: typeof first === "object" && first !== null ? { ...first } : undefined };
}

export function idIn(json: unknown): string | undefined {
  const id: unknown = typeof json === "object" && json !== null && "id" in json ? json.id : undefined;
  return typeof id === "number" ? String(id) : undefined;
}
