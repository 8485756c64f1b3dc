import type { RequestHandler } from "express";
import type { ServiceKey } from "../../compose/model/service.js";
import { formatHint, parseImage } from "../../compose/values/image.js";
import type { Surface } from "../../control/surface/surface.js";
import type { HookEvent } from "../delivery/sender.js";
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
}

/** Reads what has been received, and has looked at what it names. Everything that concerns nothing here is a success. */
export function delivered({ sender, hook, receiver }: HookAddress, desk: Desk): RequestHandler {
  const { surface, traces, replays } = desk;
  return async (req, res) => {
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
    const named = namedBy(event, surface, receiver);
    const image = imagesOf(event);
    const cause = image === "" ? `hook ${hook}` : `hook ${hook}: ${image}`;
    const keys = event.build === true ? await surface.rebuild(named, cause) : named;
    const told = event.pushes?.map((push) => surface.pushed(push)) ?? [];
    const looking = [...new Set(told.flatMap((one) => one.looking))];
    if (keys.length + looking.length > 0) {
      if (event.build !== true && keys.length > 0) surface.reconcile(keys, cause, event.images);
      const why = [...(image === "" ? [] : [image]), ...looking].join(", ");
      traces.note(res, { services: keys, ...(why === "" ? {} : { why }) });
      res.status(202).json({ enqueued: [...keys, ...looking] });
    } else {
      const reason = event.reason ?? told.find((one) => one.reason !== undefined)?.reason;
      if (reason === undefined && !surface.ready()) throw notReady();
      // A success: senders disable a hook that keeps failing.
      ignored(reason ?? nobodys(image, named.length > 0), event.answer);
    }
    if (known !== undefined) replays.add(known, bytes);
  };
}

function namedBy(event: HookEvent, surface: Surface, receiver: NamedReceiver | undefined): readonly ServiceKey[] {
  const byName = [
    ...event.services.flatMap((name) => surface.keysForName(name)),
    ...(event.containers ?? []).flatMap((name) => surface.keysForContainer(name)),
  ];
  const allowed = byName.filter((key) => receiver === undefined || isAllowed(key, surface, receiver));
  return [...new Set([...event.images.flatMap((image) => surface.keysForImage(image)), ...allowed])];
}

/** A receiver that listens to some images only does not listen to the names of others' services either. */
function isAllowed(key: ServiceKey, surface: Surface, { rules }: NamedReceiver): boolean {
  const image = surface.service(key)?.image;
  return image === undefined || objection(parseImage(image), rules) === undefined;
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
