import { formatHint, type ImageHint } from "../../compose/values/image.js";
import { nothing } from "../delivery/event.js";
import type { HookEvent } from "../delivery/sender.js";
import type { Rules } from "./receiver.js";

/** What is left of a delivery by a receiver's rules, by the names that services files have. */
export function ruled(event: HookEvent, rules: Rules): HookEvent {
  const { topic } = event;
  if (rules.topics !== undefined && (topic === undefined || !rules.topics.includes(topic))) {
    return nothing("this receiver does not listen to that topic");
  }
  const called = event.images.map((image) => ({ ...image, registry: rules.registry ?? image.registry }));
  const reasons = called.map((image) => objection(image, rules));
  const images = called.filter((_, index) => reasons[index] === undefined).map((image) => aliased(image, rules));
  const [reason] = reasons.filter((one) => one !== undefined);
  return images.length > 0 || reason === undefined ? { ...event, images } : { ...event, images, reason };
}

/** Why a receiver leaves an image alone. Undefined: it does not. */
export function objection(image: ImageHint, { owners, repositories, tags, ignoreTags }: Rules): string | undefined {
  const { repository, tag } = image;
  const [owner = ""] = repository.split("/");
  if (owners?.includes(owner) === false) return `this receiver does not listen to the owner of ${formatHint(image)}`;
  const names = [repository, formatHint({ ...image, tag: undefined })];
  if (repositories?.some(({ fits }) => names.some(fits)) === false) {
    return `this receiver does not listen to the repository of ${formatHint(image)}`;
  }
  // Any tag may have moved: also one of those that count.
  if (tag === undefined) return undefined;
  if (tags?.some(({ fits }) => fits(tag)) === false || ignoreTags?.some(({ fits }) => fits(tag)) === true) {
    return `this receiver does not listen to the tag of ${formatHint(image)}`;
  }
  return undefined;
}

/**
 * What a sender has to call an image so that these rules make this image of it. Undefined: they leave it alone, whatever it is
 * called.
 */
export function senderName(image: ImageHint, rules: Rules): ImageHint | undefined {
  const name = formatHint({ ...image, tag: undefined });
  const behind = Object.entries(rules.alias ?? {}).flatMap(([from, to]) => {
    if (name !== to && !name.startsWith(`${to}/`)) return [];
    return [named(`${from}${name.slice(to.length)}`, image)];
  });
  return [image, ...behind].find((one) => {
    const [heard] = ruled({ images: [one], services: [] }, { ...rules, topics: undefined }).images;
    return heard !== undefined && formatHint(heard) === formatHint(image);
  });
}

/** The longest beginning counts. */
function aliased(image: ImageHint, { alias = {} }: Rules): ImageHint {
  const name = formatHint({ ...image, tag: undefined });
  const begins = (from: string) => name === from || name.startsWith(`${from}/`);
  const [from] = Object.keys(alias)
    .filter(begins)
    .sort((left, right) => right.length - left.length);
  if (from === undefined) return image;
  return named(`${alias[from] ?? ""}${name.slice(from.length)}`, image);
}

function named(name: string, image: ImageHint): ImageHint {
  const slash = name.indexOf("/");
  return { ...image, registry: name.slice(0, slash), repository: name.slice(slash + 1) };
}
