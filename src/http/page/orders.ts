import type { Express, Request, Response } from "express";
import { type ServiceKey, serviceKey } from "../../compose/model/service.js";
import type { ServicePlan } from "../../control/surface/forecast/service-plan.js";
import type { Order, Surface } from "../../control/surface/surface.js";
import { asFairleadError, FairleadError } from "../../errors.js";
import { callerIn } from "../guard/caller.js";
import { ownFormsOnly } from "../guard/guard.js";
import { allowOnly } from "../web/methods.js";
import { asDuration, asReason, queryText } from "../web/query.js";
import { Refusal } from "../web/refusal.js";
import { filled, formOf } from "./form.js";
import type { View } from "./html/view.js";
import { serviceLink } from "./html/bits.js";
import { confirmView } from "./views/confirm.js";
import { orderWords, type Verb } from "./views/pieces/orders.js";

export interface OrderRoutes {
  readonly surface: Surface;
  readonly answer: (res: Response, view: View, status?: number) => Promise<void>;
  /** Keeps what is to be said on the next page, and answers under which name. */
  readonly tell: (done: string) => string;
}

interface Written {
  readonly to?: string | undefined;
  readonly digest?: string | undefined;
  readonly for?: string | undefined;
  readonly reason?: string | undefined;
}

/** For each order a page that says what will happen, and that asks; and the order itself. */
export function orderRoutes(app: Express, { surface, answer, tell }: OrderRoutes): void {
  app
    .route("/services/:project/:service/:verb")
    .get(async (req, res) => {
      const [key, verb] = [keyIn(req, surface), verbIn(req)];
      const written = { to: queryText(req, "to"), digest: queryText(req, "digest"), for: queryText(req, "for") };
      await answer(res, await asked({ req, key, verb }, written));
    })
    .post(ownFormsOnly, async (req, res) => {
      const [key, verb] = [keyIn(req, surface), verbIn(req)];
      const form = await formOf(req);
      const [to, digest, duration, reason] = ["to", "digest", "for", "reason"].map((name) => filled(form, name));
      const written = { to, digest, for: duration, reason };
      try {
        const said = await give(surface, key, orderOf(verb, written), asReason(reason ?? ""));
        const lasting = surface.isDurable(key)
          ? ""
          : " A restart of the controller forgets it: the journal cannot be written.";
        const [project = "", service = ""] = key.split("/");
        res.redirect(303, `${serviceLink({ project, service })}?done=${tell(`${said}${lasting}`)}`);
      } catch (thrown) {
        if (!(thrown instanceof Refusal || thrown instanceof FairleadError)) throw thrown;
        await answer(res, await asked({ req, key, verb }, written, thrown), 409);
      }
    })
    .all(allowOnly("GET", "POST"));

  const asked = async (
    { req, key, verb }: { readonly req: Request; readonly key: ServiceKey; readonly verb: Verb },
    written: Written,
    refusal?: { readonly message: string; readonly remedy?: string | undefined },
  ): Promise<View> => {
    const [project = "", service = ""] = key.split("/");
    const mayAct = callerIn(req)?.role === "write";
    const found = refusal === undefined ? await planned(surface, key, verb, written) : { refusal };
    return confirmView({ project, service, verb, mayAct, plan: undefined, ...written, ...found });
  };
}

async function planned(
  surface: Surface,
  key: ServiceKey,
  verb: Verb,
  written: Written,
): Promise<{ readonly plan?: ServicePlan | undefined; readonly refusal?: FairleadError }> {
  try {
    return { plan: await surface.preview(key, orderOf(verb, written)) };
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    return { refusal: asFairleadError(thrown) };
  }
}

function orderOf(verb: Verb, { to, digest, for: duration }: Written): Order {
  switch (verb) {
    case "rollback":
      return { verb, to };
    case "approve":
      return { verb, digest };
    case "stop":
      return { verb, forMs: duration === undefined ? undefined : asDuration(duration) };
    case "reconcile":
    case "retry":
    case "adopt":
    case "build":
    case "pause":
    case "resume":
    case "start":
      return { verb };
  }
}

/** Answers what has come of it, in a sentence. */
async function give(surface: Surface, key: ServiceKey, order: Order, why: string | undefined): Promise<string> {
  switch (order.verb) {
    case "reconcile":
      surface.insist(key, "page", why);
      return "It is looked at now.";
    case "retry":
      return said("It is tried again.", await surface.retry(key, why));
    case "pause":
      return said("No rollout begins until it is resumed.", await surface.pause(key, why));
    case "resume": {
      const { pausedByFile, ...resumed } = await surface.resume(key, why);
      if (pausedByFile) return "It is paused by its file still: no rollout begins until that says otherwise.";
      return said("It follows its file and its tag again.", resumed);
    }
    case "start": {
      const { stoppedByFile, ...started } = await surface.start(key, why);
      if (stoppedByFile) return "It is off by its file still: it starts when that says otherwise.";
      return said("It is started now.", started);
    }
    case "stop": {
      const { until, ...stopped } = await surface.stop(key, order.forMs, why);
      return said(`It is off until ${until === undefined ? "it is started" : `${until}, or it is started`}.`, stopped);
    }
    case "rollback": {
      const { revision, spec } = await surface.rollback(key, order.to, why);
      const how = spec === "own" ? "with its own spec" : "with today's spec, as no container has its own any more";
      return `It goes back to revision ${revision}, ${how}, until it is resumed.`;
    }
    case "approve":
      return said("It may go ahead.", await surface.approve(key, order.digest, why));
    case "adopt": {
      const adopted = await surface.adopt(key, why);
      return adopted.length === 0 ? "There is nothing to adopt." : `Adopted: ${adopted.join(", ")}.`;
    }
    case "build": {
      const built = await surface.rebuild([key], "page", { why });
      if (built.length === 0) throw new Refusal(409, "the service is not built here", "it has no `build` in its file");
      return "Its image is built now.";
    }
  }
}

function said(done: string, { unchanged }: { readonly unchanged?: string }): string {
  return unchanged === undefined ? done : `It is left as it is: ${unchanged}.`;
}

function verbIn(req: Request): Verb {
  const verb = String(req.params["verb"]);
  if (!Object.hasOwn(orderWords, verb)) throw new Refusal(404, "not found");
  return verb as Verb;
}

function keyIn(req: Request, surface: Surface): ServiceKey {
  const key = serviceKey(String(req.params["project"]), String(req.params["service"]));
  if (surface.service(key) === undefined) throw new Refusal(404, "no such service");
  return key;
}
