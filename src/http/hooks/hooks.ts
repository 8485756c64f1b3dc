/*
 * Webhooks live here, one file for each sender. A delivery is believed no more than which image it names.
 */

import type { Express, Request, RequestHandler, Response } from "express";
import { formatImage } from "../../compose/values/image.js";
import type { Surface } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";
import { failureLimit } from "../guard/failures.js";
import { usableSecrets } from "../guard/secret.js";
import { bareApp } from "../web/app.js";
import { assertReadable, jsonOf, largestBody, readBody } from "../web/body.js";
import { errorAnswer } from "../web/errors.js";
import type { HttpLog } from "../web/log.js";
import { answerNotFound, refuse, Refusal } from "../web/refusal.js";
import { deliveryHooks } from "./delivery-hook.js";
import { dockerhub } from "./dockerhub.js";
import { azureDevops } from "./forges/azure-devops.js";
import { bitbucket } from "./forges/bitbucket.js";
import { giteas } from "./forges/gitea.js";
import { github } from "./forges/github.js";
import { gitlab } from "./forges/gitlab.js";
import { gogs } from "./forges/gogs.js";
import { generic } from "./generic.js";
import type { HookOutcome, HookType } from "../delivery/outcome.js";
import { type Prove, proofOf } from "./proof.js";
import type { Sender } from "../delivery/sender.js";
import { Traces } from "./traces.js";
import type { UnprovenLimits } from "./unproven.js";

const forges: readonly Sender[] = [github, gitlab, ...giteas, gogs, bitbucket, azureDevops];
const senders: readonly Sender[] = [dockerhub, generic, ...deliveryHooks, ...forges];
const retryAfterSeconds = 5;

export interface HookTelemetry {
  hookAnswered(type: HookType, outcome: HookOutcome): void;
}

export interface HooksOptions {
  readonly surface: Surface;
  /** Any of them opens; several while one is being replaced. None: every path is unknown. */
  readonly secrets: readonly Secret[];
  readonly telemetry: HookTelemetry;
  readonly log: HttpLog;
  /** Requests without a valid secret that one address may make in a minute (default 600); authenticated ones are not counted. */
  readonly failuresPerMinute?: number;
  /** How long the body of an authenticated sender may take (default 5000). */
  readonly readTimeoutMs?: number;
  /** Told of each request that knows a secret. */
  readonly proven?: (req: Request) => void;
  /** What bodies may take before their sender is known. */
  readonly unproven?: UnprovenLimits;
}

/**
 * The only app meant for the internet: `POST /hooks/<type>[/<secret>]`. A delivery names services and enqueues them,
 * nothing else; what it claims about them is never believed.
 */
export function hooksApp(options: HooksOptions): Express {
  const app = bareApp(options.log);
  const limited = failureLimit(options.failuresPerMinute ?? 600);
  const reject = within(limited, answerNotFound);
  const rejectSigned = within(limited, (res) => {
    refuse(res, wrongSignature);
  });
  const secrets = usableSecrets(options.secrets);
  const { surface, telemetry } = options;
  const traces = new Traces(
    (type, outcome) => {
      telemetry.hookAnswered(type, outcome);
    },
    (delivery) => {
      surface.delivered(delivery);
    },
  );
  const door: Door = {
    prove: proofOf(secrets, options.unproven),
    timeoutMs: options.readTimeoutMs ?? 5000,
    proven: options.proven ?? (() => undefined),
    traces,
    reject,
    rejectSigned,
  };
  for (const sender of secrets.length === 0 ? [] : senders) {
    app
      .route(`${sender.path ?? `/hooks/${sender.type}`}{/:secret}`)
      .all(traces.of(sender.type), received(sender, door), delivered(sender, surface, traces), traces.refusals);
  }
  app.use(traces.lost(secrets.length === 0 ? "no hook secret is configured" : "no receiver has this path"));
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

interface Door {
  readonly prove: Prove;
  readonly timeoutMs: number;
  readonly proven: (req: Request) => void;
  readonly traces: Traces;
  readonly reject: RequestHandler;
  readonly rejectSigned: RequestHandler;
}

const wrongSignature = new Refusal(401, "the signature is wrong", "check the secret and the clock");

/**
 * What else is wrong with a request is told only to whoever knows a secret: of a delivery that is as it should be, a
 * stranger learns that its signature is wrong, of any other nothing. Leaves the body's bytes in `req.body`.
 */
function received(sender: Sender, { prove, timeoutMs, proven, traces, reject, rejectSigned }: Door): RequestHandler {
  return async (req, res, next) => {
    const proof = await prove(req, sender);
    if (!proof.proven) {
      traces.note(res, { why: proof.why });
      await (proof.signed === true && isDelivery(req, sender) ? rejectSigned : reject)(req, res, next);
      return;
    }
    proven(req);
    if (req.method !== "POST")
      throw new Refusal(405, "hooks take POST only", undefined, { headers: { Allow: "POST" } });
    assertReadable(req, sender.form);
    req.body = proof.body ?? (await readBody(req, { limit: largestBody, timeoutMs }));
    next();
  };
}

function isDelivery(req: Request, { form }: Sender): boolean {
  if (req.method !== "POST") return false;
  try {
    assertReadable(req, form);
    return true;
  } catch {
    return false;
  }
}

function delivered(sender: Sender, surface: Surface, traces: Traces): RequestHandler {
  return async (req, res) => {
    const bytes = req.body as Buffer;
    const event = sender.read(jsonOf(sender.jsonIn?.(bytes, req) ?? bytes), req);
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
    const told = event.pushes?.map((push) => surface.pushed(push)) ?? [];
    const looking = [...new Set(told.flatMap((one) => one.looking))];
    const reason = event.reason ?? told.find((one) => one.reason !== undefined)?.reason;
    if (keys.length + looking.length > 0) {
      if (event.build !== true && keys.length > 0) surface.reconcile(keys, cause);
      const why = [...(image === "" ? [] : [image]), ...looking].join(", ");
      traces.note(res, { services: keys, ...(why === "" ? {} : { why }) });
      res.status(202).json({ enqueued: [...keys, ...looking] });
    } else if (reason !== undefined) {
      traces.note(res, { why: reason });
      res.status(200).json({ reason });
    } else if (surface.ready()) {
      // A success: senders disable a hook that keeps failing.
      const which = image === "" ? "has that name" : `uses ${image}`;
      const built = named.length > 0 ? " and is built here" : "";
      const reason = `no declared service ${which}${built}`;
      traces.note(res, { why: reason });
      res.status(200).json({ reason });
    } else {
      throw new Refusal(503, "not ready: the services are not known yet", "send it again", {
        headers: { "Retry-After": String(retryAfterSeconds) },
      });
    }
  };
}
