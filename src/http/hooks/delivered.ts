import type { RequestHandler } from "express";
import type { ServiceKey } from "../../compose/model/service.js";
import { formatHint, parseImage } from "../../compose/values/image.js";
import type { Surface } from "../../control/surface/surface.js";
import type { HookEvent } from "../delivery/sender.js";
import type { DeliveryTracing } from "../delivery/tracing.js";
import type { NamedReceiver } from "../receivers/receiver.js";
import { objection, ruled } from "../receivers/rules.js";
import { jsonOf } from "../web/body.js";
import { Refusal } from "../web/refusal.js";
import type { HookAddress } from "./addresses.js";
import type { Replays } from "./replays.js";
import type { Traces } from "./traces.js";

const retryAfterSeconds = 5;

export interface Desk {
  readonly surface: Surface;
  readonly traces: Traces;
  readonly replays: Replays;
  readonly tracing: DeliveryTracing;
}

/** Reads what has been received, and has looked at what it names. Everything that concerns nothing here is a success. */
export function delivered({ sender, path, hook, receiver }: HookAddress, desk: Desk): RequestHandler {
  const { surface, traces, replays, tracing } = desk;
  return async (req, res) => {
    const span = tracing.delivery({ hook, route: path, traceparent: req.get("traceparent") });
    res.once("close", () => {
      span.answered(res.writableFinished ? res.statusCode : undefined);
    });
    const bytes = req.body as Buffer;
    const id = sender.id?.(req);
    const known = id === undefined ? undefined : `${hook} ${id}`;
    const ignored = (reason: string, answer: object = { reason }) => {
      traces.note(res, { why: reason });
      res.status(200).json(answer);
    };
    if (known !== undefined && replays.has(known, bytes)) {
      ignored("this delivery is here already");
      return;
    }
    const read = sender.read(jsonOf(sender.jsonIn?.(bytes, req) ?? bytes), req);
    const event = receiver === undefined ? read : ruled(read, receiver.rules);
    const { keys: named, reason: refused } = namedBy(event, surface, receiver);
    traces.note(res, { isUnderstood: true, images: event.images });
    const image = imagesOf(event);
    const cause = image === "" ? `hook ${hook}` : `hook ${hook}: ${image}`;
    const keys = event.build === true ? await surface.rebuild(named, cause, { parent: span.parent }) : named;
    const told = event.pushes?.map((push) => surface.pushed(push)) ?? [];
    const looking = [...new Set(told.flatMap((one) => one.looking))];
    if (keys.length + looking.length > 0) {
      if (event.build !== true && keys.length > 0) surface.reconcile(keys, cause, event.images, span.parent);
      const why = [...(image === "" ? [] : [image]), ...looking].join(", ");
      traces.note(res, { services: keys, ...(why === "" ? {} : { why }) });
      res.status(202).json({ enqueued: [...keys, ...looking] });
    } else {
      const reason =
        event.reason ??
        told.find((one) => one.reason !== undefined)?.reason ??
        (named.length > 0 ? undefined : refused);
      if (reason === undefined && !surface.ready()) throw notReady();
      // A success: senders disable a hook that keeps failing.
      ignored(reason ?? nobodys(image, named.length > 0), event.answer);
    }
    if (known !== undefined) replays.add(known, bytes);
  };
}

interface NamedServices {
  readonly keys: readonly ServiceKey[];
  /** Why one that is named by its own name or a container's is left alone. */
  readonly reason: string | undefined;
}

function namedBy(event: HookEvent, surface: Surface, receiver: NamedReceiver | undefined): NamedServices {
  const byName = [
    ...event.services.flatMap((name) => surface.keysForName(name)),
    ...(event.containers ?? []).flatMap((name) => surface.keysForContainer(name)),
  ];
  const objections = byName.map((key) => (receiver === undefined ? undefined : objectionTo(key, surface, receiver)));
  const allowed = byName.filter((_, index) => objections[index] === undefined);
  return {
    keys: [...new Set([...event.images.flatMap((image) => surface.keysForImage(image)), ...allowed])],
    reason: objections.find((one) => one !== undefined),
  };
}

/** A receiver that listens to some images only does not listen to the names of others' services either. */
function objectionTo(key: ServiceKey, surface: Surface, { rules }: NamedReceiver): string | undefined {
  const image = surface.service(key)?.image;
  return image === undefined ? undefined : objection(parseImage(image), rules);
}

const mostTold = 5;

function imagesOf({ images }: HookEvent): string {
  const names = [...new Set(images.map(formatHint))];
  const more = names.length - mostTold;
  return `${names.slice(0, mostTold).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function nobodys(image: string, isNamed: boolean): string {
  const which = image === "" ? "has that name" : `uses ${image}`;
  return `no declared service ${which}${isNamed ? " and is built here" : ""}`;
}

function notReady(): Refusal {
  return new Refusal(503, "not ready: the services are not known yet", "send it again", {
    headers: { "Retry-After": String(retryAfterSeconds) },
  });
}
