import type { Response } from "express";
import { plainJson } from "./plain-json.js";

/** How long what a refused sender still sends is taken and dropped, so that it gets to read its answer. */
const lingerMs = 1000;

export interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** What is logged in place of a message that quotes the caller. */
  readonly logged?: string;
  /** What the answer says beside `error` and `remedy`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A request that gets no for an answer: an HTTP status, what is wrong, and what the caller can do about it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly headers: Readonly<Record<string, string>>;
  readonly logged: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    readonly status: number,
    message: string,
    readonly remedy?: string,
    { headers = {}, logged = message, more = {} }: RefusalOptions = {},
  ) {
    super(message);
    this.headers = headers;
    this.logged = logged;
    this.more = more;
  }
}

/**
 * `{error, remedy?}`, and what else a refusal says: the body of every answer that is not a success. A refused caller's connection ends with it: it
 * holds no place that others need, and what is left of its body is not taken for its next request.
 */
export function refuse(
  res: Response,
  refusal: Pick<Refusal, "status" | "message" | "remedy" | "headers"> & Partial<Pick<Refusal, "more">>,
): void {
  res.status(refusal.status).set(refusal.headers).set("Connection", "close");
  const remedy = refusal.remedy === undefined ? {} : { remedy: refusal.remedy };
  const answer = { error: refusal.message, ...remedy, ...refusal.more };
  if (res.req.complete || !hasBody(res.req.headers)) {
    res.json(answer);
    return;
  }
  const text = plainJson(answer);
  res.type("json").set("Content-Length", String(Buffer.byteLength(text)));
  res.write(text);
  endWhenSent(res);
}

/** The one answer to whoever does not know the way: a wrong secret reads exactly like a path that does not exist. */
export function answerNotFound(res: Response): void {
  refuse(res, { status: 404, message: "not found", headers: {} });
}

function hasBody(headers: Response["req"]["headers"]): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** To close on a sender that still sends is a reset, in which it loses the answer. */
function endWhenSent(res: Response): void {
  const end = () => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, lingerMs);
  res.req.once("end", end).once("close", end).resume();
}
