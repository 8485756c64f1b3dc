/*
 * Webhooks live here: the one door for all of them, and the table of senders. A delivery is believed no more than which image
 * it names.
 */

import type { Express, Request, RequestHandler, Response } from "express";
import type { Surface } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";
import type { HookOutcome, HookType } from "../delivery/outcome.js";
import type { Sender } from "../delivery/sender.js";
import { deliveryLimit, failureLimit } from "../guard/limits.js";
import { usableSecrets } from "../guard/secret.js";
import { blockList, isListed } from "../receivers/addresses.js";
import { oidcCheck } from "../receivers/oidc.js";
import type { NamedReceiver } from "../receivers/receiver.js";
import { bareApp } from "../web/app.js";
import { assertReadable, largestBody, readBody } from "../web/body.js";
import { callerOf, withoutPort } from "../web/caller.js";
import { errorAnswer } from "../web/errors.js";
import type { HttpLog } from "../web/log.js";
import { answerNotFound, refuse, Refusal } from "../web/refusal.js";
import { addressesOf, type HookAddress } from "./addresses.js";
import { delivered } from "./delivered.js";
import { type Prove, proofOf } from "./proof.js";
import { Replays } from "./replays.js";
import { Traces } from "./traces.js";
import { UnprovenBodies, type UnprovenLimits } from "./unproven.js";

export interface HookTelemetry {
  hookAnswered(type: HookType, outcome: HookOutcome): void;
}

export interface HooksOptions {
  readonly surface: Surface;
  /** Any of them opens the receivers without a name; several while one is being replaced. None: those are unknown. */
  readonly secrets: readonly Secret[];
  readonly receivers?: readonly NamedReceiver[];
  /** Addresses and blocks whose word counts on whom they speak for (`X-Forwarded-For`). */
  readonly trustedProxies?: readonly string[];
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
  /** Epoch milliseconds (default the system's): signatures hold for minutes. */
  readonly now?: () => number;
}

/**
 * The only app meant for the internet: `POST /hooks/<type>[/<secret>]` and `POST /hooks/r/<name>[/<secret>]`. A delivery names
 * services and enqueues them, nothing else; what it claims about them is never believed.
 */
export function hooksApp(options: HooksOptions): Express {
  const app = bareApp(options.log);
  const proxies = blockList(options.trustedProxies ?? []);
  app.set("trust proxy", (address: string) => isListed(proxies, withoutPort(address)));
  const limited = failureLimit(options.failuresPerMinute ?? 600);
  const reject = within(limited, answerNotFound);
  const rejectSigned = within(limited, (res) => {
    refuse(res, wrongSignature);
  });
  const { surface, telemetry, receivers = [], now = Date.now } = options;
  const traces = new Traces(
    (type, outcome) => {
      telemetry.hookAnswered(type, outcome);
    },
    (delivery) => {
      surface.delivered(delivery);
    },
  );
  const bodies = new UnprovenBodies(options.unproven);
  const replays = new Replays(now);
  const door = {
    timeoutMs: options.readTimeoutMs ?? 5000,
    proven: options.proven ?? (() => undefined),
    ...{ traces, reject, rejectSigned },
  };
  const addresses = addressesOf(usableSecrets(options.secrets), receivers);
  for (const address of addresses) {
    const { sender, path, hook, secrets, receiver } = address;
    const oidc = receiver?.oidc === undefined ? undefined : oidcCheck(receiver.oidc);
    const prove = proofOf(secrets, { bodies, now, oidc });
    app
      .route(`${path}{/:secret}`)
      .all(
        ...[traces.of(sender.type, hook), fromOutside(address, door), received(sender, { ...door, prove })],
        ...(receiver?.ratePerMinute === undefined ? [] : [deliveryLimit(receiver.ratePerMinute)]),
        ...[delivered(address, { surface, traces, replays }), traces.refusals],
      );
  }
  app.use(traces.lost(addresses.length === 0 ? "no hook secret is configured" : "no receiver has this path"));
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
  readonly timeoutMs: number;
  readonly proven: (req: Request) => void;
  readonly traces: Traces;
  readonly reject: RequestHandler;
  readonly rejectSigned: RequestHandler;
}

const wrongSignature = new Refusal(401, "the signature is wrong", "check the secret and the clock");

/** To whom a receiver does not listen it is not there. */
function fromOutside({ receiver }: HookAddress, { traces, reject }: Door): RequestHandler {
  const allowed = receiver?.allowFrom;
  return async (req, res, next) => {
    if (allowed === undefined || isListed(allowed, callerOf(req))) {
      next();
      return;
    }
    traces.note(res, { why: "its address is none of those that may call" });
    await reject(req, res, next);
  };
}

/**
 * What else is wrong with a request is told only to whoever knows a secret: of a delivery that is as it should be, a
 * stranger learns that its signature is wrong, of any other nothing. Leaves the body's bytes in `req.body`.
 */
function received(
  sender: Sender,
  { prove, timeoutMs, proven, traces, reject, rejectSigned }: Door & { readonly prove: Prove },
): RequestHandler {
  return async (req, res, next) => {
    const proof = await prove(req, sender);
    if (!proof.proven) {
      traces.note(res, { why: proof.why });
      await (proof.signed === true && isDelivery(req, sender) ? rejectSigned : reject)(req, res, next);
      return;
    }
    proven(req);
    if (req.method === "OPTIONS" && sender.welcome !== undefined) {
      traces.note(res, { why: "it asked whether it may send, and got its answer" });
      res
        .status(200)
        .set({ Allow: "POST, OPTIONS", ...sender.welcome(req) })
        .end();
      return;
    }
    if (req.method !== "POST")
      throw new Refusal(405, "hooks take POST only", undefined, { headers: { Allow: "POST" } });
    assertReadable(req, sender.media);
    req.body = proof.body ?? (await readBody(req, { limit: largestBody, timeoutMs }));
    next();
  };
}

function isDelivery(req: Request, { media }: Sender): boolean {
  if (req.method !== "POST") return false;
  try {
    assertReadable(req, media);
    return true;
  } catch {
    return false;
  }
}
