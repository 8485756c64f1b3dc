import { canonical, settingsOf } from "../adopt/settings.js";
import type { Settings } from "../adopt/settings.js";
import type { InspectedContainer } from "../client/schema.js";
import { bodyOf, isEmpty, listOf, recordOf } from "../create/body.js";
import type { ImageConfig, Surroundings } from "../create/body.js";

/**
 * What somebody declared of a container: what it shows without what its image gives it and without the engine's defaults.
 * The inverse of a creation.
 */
export function declaredOf(inspected: InspectedContainer, image: ImageConfig, around: Surroundings): Settings {
  return declaredIn(settingsOf(bodyOf(inspected), around), image, around);
}

/** The same of what a container would show. */
export function declaredIn(is: Settings, image: ImageConfig, around: Surroundings): Settings {
  const given = settingsOf({ ...image }, around);
  // A container with an entrypoint of its own takes nothing from the image's command.
  const ownEntrypoint = canonical(is["entrypoint"]) !== canonical(given["entrypoint"]);
  const own = Object.entries(is).map(([key, value]): [string, unknown] => {
    switch (key) {
      case "environment":
      case "labels":
      case "volumes":
        return [key, without(recordOf(value), recordOf(given[key]))];
      case "expose":
        return [key, listOf(value).filter((port) => !listOf(given[key]).includes(port))];
      case "command":
        return [key, !ownEntrypoint && isSame(value, given[key]) ? undefined : value];
      default:
        return [key, isSame(value, given[key]) ? undefined : value];
    }
  });
  return Object.fromEntries(own.filter(([, value]) => !isEmpty(value)));
}

function without(own: Settings, given: Settings): Settings {
  return Object.fromEntries(
    Object.entries(own).filter(([key, value]) => !Object.hasOwn(given, key) || !isSame(value, given[key])),
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}
