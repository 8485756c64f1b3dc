import type { Express, Request, RequestHandler, Response } from "express";
import type { Surface } from "../control/surface.js";
import { formatImage } from "../spec/image.js";
import { bareApp } from "./app.js";
import { jsonOf, rawBody } from "./body.js";
import { deliveryHooks } from "./delivery-hook.js";
import { dockerhub } from "./dockerhub.js";
import { errorAnswer } from "./errors.js";
import { failureLimit } from "./failures.js";
import { generic } from "./generic.js";
import type { HttpLog } from "./log.js";
import { type HookOutcome, hookOutcome, type HookType } from "./outcome.js";
import { answerNotFound, refuse, Refusal } from "./refusal.js";
import { type SecretCheck, secretCheck } from "./secret.js";
import type { Sender } from "./sender.js";

const senders: readonly Sender[] = [dockerhub, generic, ...deliveryHooks];
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
  const limited = failureLimit(options.failuresPerMinute ?? 600);
  const reject = within(limited, answerNotFound);
  const unsigned = within(limited, (res) => {
    refuse(res, {
      status: 401,
      headers: {},
      message: "the signature is missing or wrong",
      remedy: "check the secret and the clock",
    });
  });
  const isOurs = secretCheck(options.secrets);
  const body = rawBody(options.readTimeoutMs ?? 5000);
  for (const sender of senders) {
    app
      .route(`${sender.path ?? `/hooks/${sender.type}`}{/:secret}`)
      .all(
        counted(sender.type, options.telemetry),
        authenticated(sender, isOurs, reject),
        postOnly,
        body,
        verified(sender, isOurs, options, unsigned),
        delivered(sender, options.surface),
      );
  }
  app.use(reject);
  app.use(errorAnswer(options.log, reject));
  return app;
}

function within(limited: RequestHandler, refused: (res: Response) => void): RequestHandler {
  return (req, res, next) => {
    void limited(req, res, (thrown?: unknown) => {
      if (thrown === undefined) refused(res);
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
    if (isOurs(offeredBy(req, sender)) || isSigned(req, sender)) next();
    else void reject(req, res, next);
  };
}

/** A signature is over the body, so that it is checked after that has come. */
function verified(sender: Sender, isOurs: SecretCheck, options: HooksOptions, reject: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const body: unknown = req.body;
    const bytes = body instanceof Uint8Array ? body : new Uint8Array();
    const fits = sender.signature?.fits(req, bytes, options.secrets, Date.now()) ?? false;
    if (isOurs(offeredBy(req, sender)) || fits) next();
    else void reject(req, res, next);
  };
}

function offeredBy(req: Request, sender: Sender): string | undefined {
  const { secret } = req.params;
  return typeof secret === "string" ? secret : sender.secret(req);
}

function isSigned(req: Request, { signature }: Sender): boolean {
  return req.params["secret"] === undefined && signature?.isOffered(req) === true;
}

const postOnly: RequestHandler = (req, _res, next) => {
  if (req.method !== "POST") throw new Refusal(405, "hooks take POST only", undefined, { Allow: "POST" });
  next();
};

function delivered(sender: Sender, surface: Surface): RequestHandler {
  return async (req, res) => {
    const event = sender.read(jsonOf(req));
    const named = [
      ...new Set([
        ...event.images.flatMap((image) => surface.keysForImage(image)),
        ...event.services.flatMap((name) => surface.keysForName(name)),
        ...(event.containers ?? []).flatMap((name) => surface.keysForContainer(name)),
      ]),
    ];
    const image = event.images.map(formatImage).join(", ");
    const cause = image === "" ? `hook ${sender.type}` : `hook ${sender.type}: ${image}`;
    const keys = event.build === true ? await surface.rebuild(named, cause) : named;
    if (keys.length > 0) {
      if (event.build !== true) surface.reconcile(keys, cause);
      res.status(202).json({ enqueued: keys });
    } else if (surface.ready()) {
      // A success: senders disable a hook that keeps failing.
      const which = image === "" ? "has that name" : `uses ${image}`;
      const built = named.length > 0 ? " and is built here" : "";
      res.status(200).json({ reason: `no declared service ${which}${built}` });
    } else {
      throw new Refusal(503, "not ready: the services are not known yet", "send it again", {
        "Retry-After": String(retryAfterSeconds),
      });
    }
  };
}
