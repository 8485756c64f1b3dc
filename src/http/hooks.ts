import type { Express, RequestHandler } from "express";
import type { Surface } from "../control/surface.js";
import { formatImage } from "../spec/image.js";
import { bareApp } from "./app.js";
import { jsonOf, rawBody } from "./body.js";
import { dockerhub } from "./dockerhub.js";
import { errorAnswer } from "./errors.js";
import { failureLimit } from "./failures.js";
import { generic } from "./generic.js";
import type { HttpLog } from "./log.js";
import { type HookOutcome, hookOutcome, type HookType } from "./outcome.js";
import { answerNotFound, Refusal } from "./refusal.js";
import { type SecretCheck, secretCheck } from "./secret.js";
import type { Sender } from "./sender.js";

const senders: readonly Sender[] = [dockerhub, generic];
const retryAfterSeconds = 5;

export interface HookTelemetry {
  hookAnswered(type: HookType, outcome: HookOutcome): void;
}

export interface HooksOptions {
  readonly surface: Surface;
  /** Any of them opens; several while one is being replaced. None: every path is unknown. */
  readonly secrets: readonly string[];
  readonly telemetry: HookTelemetry;
  readonly log: HttpLog;
  /** Requests without a valid secret that one address may make in a minute (default 600); authenticated ones are not counted. */
  readonly failuresPerMinute?: number;
  /** How long a body may take (default 5000). */
  readonly readTimeoutMs?: number;
}

/**
 * The only app meant for the internet: `POST /hooks/<type>[/<secret>]`. A delivery names services and enqueues them,
 * nothing else; what it claims about them is never believed.
 */
export function hooksApp(options: HooksOptions): Express {
  const app = bareApp(options.log);
  const reject = notFoundWithin(options.failuresPerMinute ?? 600);
  const isOurs = secretCheck(options.secrets);
  const body = rawBody(options.readTimeoutMs ?? 5000);
  for (const sender of senders) {
    app
      .route(`/hooks/${sender.type}{/:secret}`)
      .all(
        counted(sender.type, options.telemetry),
        authenticated(sender, isOurs, reject),
        postOnly,
        body,
        delivered(sender, options.surface),
      );
  }
  app.use(reject);
  app.use(errorAnswer(options.log, reject));
  return app;
}

function notFoundWithin(perMinute: number): RequestHandler {
  const limited = failureLimit(perMinute);
  return (req, res, next) => {
    void limited(req, res, (thrown?: unknown) => {
      if (thrown === undefined) answerNotFound(res);
      else next(thrown);
    });
  };
}

function counted(type: HookType, telemetry: HookTelemetry): RequestHandler {
  return (_req, res, next) => {
    res.once("close", () => {
      telemetry.hookAnswered(type, hookOutcome(res.writableFinished ? res.statusCode : undefined));
    });
    next();
  };
}

/** A secret in the path is the one that counts. What else is wrong with a request is told only to whoever knows one. */
function authenticated(sender: Sender, isOurs: SecretCheck, reject: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const { secret } = req.params;
    const offered = typeof secret === "string" ? secret : sender.secret(req);
    if (isOurs(offered)) next();
    else void reject(req, res, next);
  };
}

const postOnly: RequestHandler = (req, _res, next) => {
  if (req.method !== "POST") throw new Refusal(405, "hooks take POST only", undefined, { Allow: "POST" });
  next();
};

function delivered(sender: Sender, surface: Surface): RequestHandler {
  return (req, res) => {
    const event = sender.read(jsonOf(req));
    const keys = [
      ...new Set([
        ...event.images.flatMap((image) => surface.keysForImage(image)),
        ...event.services.flatMap((name) => surface.keysForName(name)),
      ]),
    ];
    const image = event.images.map(formatImage).join(", ");
    if (keys.length > 0) {
      surface.reconcile(keys, image === "" ? `hook ${sender.type}` : `hook ${sender.type}: ${image}`);
      res.status(202).json({ enqueued: keys });
    } else if (surface.ready()) {
      // A success: senders disable a hook that keeps failing.
      res.status(200).json({ reason: `no declared service ${image === "" ? "has that name" : `uses ${image}`}` });
    } else {
      throw new Refusal(503, "not ready: the services are not known yet", "send it again", {
        "Retry-After": String(retryAfterSeconds),
      });
    }
  };
}
