import type { Response } from "express";

/** A request that gets no for an answer: an HTTP status, what is wrong, and what the caller can do about it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    message: string,
    readonly remedy?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** `{error, remedy?}`: the body of every answer that is not a success. */
export function refuse(res: Response, refusal: Pick<Refusal, "status" | "message" | "remedy" | "headers">): void {
  res.status(refusal.status).set(refusal.headers);
  res.json({ error: refusal.message, ...(refusal.remedy === undefined ? {} : { remedy: refusal.remedy }) });
}

/** The one answer to whoever does not know the way: a wrong secret reads exactly like a path that does not exist. */
export function answerNotFound(res: Response): void {
  refuse(res, { status: 404, message: "not found", headers: {} });
}
