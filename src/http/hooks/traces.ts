import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import type { Delivery } from "../../control/surface/deliveries.js";
import { Refusal } from "../web/refusal.js";
import { hookOutcome } from "../delivery/outcome.js";
import type { HookOutcome, HookType } from "../delivery/outcome.js";

type Words = Partial<Pick<Delivery, "services" | "why" | "isUnderstood" | "images">>;

/** What is to be told of deliveries once they are answered: the outcome alone does not say why. */
export class Traces {
  readonly #words = new WeakMap<Response, Words>();

  constructor(
    private readonly answered: (type: HookType, outcome: HookOutcome, receiver: string | undefined) => void,
    private readonly delivered: (delivery: Delivery) => void,
  ) {}

  note(res: Response, words: Words): void {
    this.#words.set(res, { ...this.#words.get(res), ...words });
  }

  /** Stands before everything else of a receiver. `hook`: what it is called; `receiver`: its own name, where it has one. */
  of(type: HookType, hook: string, receiver?: string): RequestHandler {
    return (_req, res, next) => {
      res.once("close", () => {
        const isAnswered = res.writableFinished;
        const outcome = hookOutcome(isAnswered ? res.statusCode : undefined);
        const { services = [], why, ...read } = this.#words.get(res) ?? {};
        this.answered(type, outcome, receiver);
        this.delivered({
          hook,
          outcome,
          services,
          why: isAnswered ? why : "the sender went away before its answer",
          ...read,
        });
      });
      next();
    };
  }

  /** Stands behind it, and takes no part in the answer. */
  readonly refusals: ErrorRequestHandler = (thrown: unknown, _req, res, next) => {
    const why = thrown instanceof Refusal ? thrown.logged : "something that nobody foresaw: see the line before";
    this.note(res, { why });
    next(thrown);
  };

  /** A path without a receiver: most of them are typing errors in a sender's settings. Only hooks are sent by POST. */
  readonly lost =
    (why: string): RequestHandler =>
    (req, _res, next) => {
      if (req.method === "POST") this.delivered({ hook: "unknown", outcome: "unauthorized", services: [], why });
      next();
    };
}
