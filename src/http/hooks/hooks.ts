/*
 * Webhooks live here: the one door for all of them, and the table of senders. A delivery is believed no more than which image
 * it names.
 */

import { Router, type Express, type Request, type RequestHandler, type Response } from "express";
import type { Surface } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";
import type { HookOutcome, HookType } from "../delivery/outcome.js";
import { selfPath, type SelfDelivery } from "../delivery/self.js";
import type { Sender } from "../delivery/sender.js";
import { untracedDeliveries } from "../delivery/tracing.js";
import type { DeliveryTracing } from "../delivery/tracing.js";
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
  /** A named receiver is there: its series exist from now on, at zero. */
  receiverOpened?(type: HookType, receiver: string): void;
  /** `receiver`: its name, where it has one. */
  hookAnswered(type: HookType, outcome: HookOutcome, receiver?: string): void;
}

export interface HooksOptions {
  readonly surface: Surface;
  /** Any of them opens the receivers without a name; several while one is being replaced. None: those are unknown. */
  readonly secrets: readonly Secret[];
  readonly receivers?: readonly NamedReceiver[];
  /** Addresses and blocks whose word counts on whom they speak for (`X-Forwarded-For`). */
  readonly trustedProxies?: readonly string[];
  readonly telemetry: HookTelemetry;
  /** Absent: nobody follows what is done for a delivery. */
  readonly tracing?: DeliveryTracing | undefined;
  readonly log: HttpLog;
  /** Requests without a valid secret that one address may make in a minute (default 600); authenticated ones are not counted. */
  readonly failuresPerMinute?: number;
  /** How long the body of an authenticated sender may take (default 5000). */
  readonly readTimeoutMs?: number;
  /** Knows the deliveries that this controller sends to itself. */
  readonly self?: Pick<SelfDelivery, "take"> | undefined;
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
  const { surface, telemetry, tracing = untracedDeliveries, receivers = [], now = Date.now } = options;
  const traces = new Traces(
    (type, outcome, name) => {
      telemetry.hookAnswered(type, outcome, name);
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
  const doors = new Map<string, RequestHandler>();
  for (const { type, name } of receivers) telemetry.receiverOpened?.(type, name);
  for (const address of addresses) {
    const { sender, path, hook, secrets, receiver } = address;
    const oidc = receiver?.oidc === undefined ? undefined : oidcCheck(receiver.oidc);
    const prove = proofOf(secrets, { bodies, now, oidc });
    const router = Router({ caseSensitive: true, strict: true });
    doors.set(path, router);
    router
      .route(`${path}{/:secret}`)
      .all(
        ...[
          traces.of(sender.type, hook, receiver?.name),
          fromOutside(address, door),
          received(sender, { ...door, prove }),
        ],
        ...(receiver?.ratePerMinute === undefined ? [] : [deliveryLimit(receiver.ratePerMinute)]),
        ...[delivered(address, { surface, traces, replays, tracing }), traces.refusals],
      );
  }
  app.use((req, res, next) => {
    // One look in place of a pattern for each address.
    const opened = doors.get(req.path) ?? doors.get(req.path.slice(0, req.path.lastIndexOf("/")));
    if (opened === undefined) next();
    else void opened(req, res, next);
  });
  app.post(`${selfPath}/:mark`, (req, res, next) => {
    if (options.self?.take(req.params["mark"]) === true) res.json({ arrived: true });
    else next();
  });
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
