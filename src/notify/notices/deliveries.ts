import type { Delivery } from "../../control/surface/deliveries.js";
import { formatHint, type ImageHint } from "../../compose/values/image.js";
import type { Draft } from "./draft.js";
import { noticeId, told } from "./draft.js";

/** Of one delivery so many images are told of one by one. */
const mostImages = 10;

/**
 * What an authenticated and understood delivery is told as: one notice for each image that it names, or one without.
 * Empty for strangers' and broken ones. `count`: of deliveries so far, what tells two of the same time apart.
 */
export function deliveryDrafts(delivery: Delivery, at: number, count: number): readonly Draft[] {
  const { hook, outcome, services, why, images = [] } = delivery;
  if (outcome !== "accepted" && outcome !== "ignored") return [];
  // What asks whether it may send, or comes a second time, tells of nothing.
  if (delivery.isUnderstood !== true) return [];
  const receiver = receiverOf(hook);
  const [only, ...others] = services;
  const [project, service] = only?.split("/") ?? [];
  const whose = project === undefined || service === undefined || others.length > 0 ? {} : { project, service };
  const heard: readonly (ImageHint | undefined)[] = images.length === 0 ? [undefined] : images.slice(0, mostImages);
  return heard.map((image, index) => ({
    id: noticeId("delivery", receiver, at, count, index),
    kind: `hook:${receiver}` as const,
    severity: "info",
    at,
    ...whose,
    title: told(`${receiver}: ${image === undefined ? "a delivery" : formatHint(image)} is ${outcome}`, 300),
    ...(why === undefined ? {} : { reason: told(why) }),
    cause: `hook ${hook}`,
    delivery: {
      receiver,
      outcome,
      services,
      ...(image === undefined ? {} : { repository: repositoryOf(image) }),
      ...(image?.tag === undefined ? {} : { tag: told(image.tag, 128) }),
    },
  }));
}

/** `generic ci` is the receiver that the settings call `ci`. */
function receiverOf(hook: string): string {
  return hook.split(" ").at(-1) ?? hook;
}

/** With its registry also where that is Docker Hub: without one, nobody knows where to ask for the digest. */
function repositoryOf({ registry, repository }: ImageHint): string {
  return told(formatHint({ registry, repository, tag: undefined }), 400);
}
