import { FairleadError } from "../../errors.js";
import { loadLate } from "../../process/load-late.js";
import { fetchServices, serviceIn } from "./admin.js";
import type { Admin } from "./admin.js";

type Picomatch = (patterns: readonly string[], options: { readonly dot: boolean }) => (path: string) => boolean;

interface Named {
  readonly project: string;
  readonly service: string;
}

/**
 * Those of `services` that the words mean, each once: `project/service`, a service's name, or a pattern over either, such
 * as `shop/*` or `web-*`. Throws FairleadError ConfigInvalid for a word that means none.
 */
export function chosenFrom<T extends Named>(services: readonly T[], words: readonly string[]): readonly T[] {
  const found = words.flatMap((word) => (isPattern(word) ? fitting(services, word) : [serviceIn(services, word)]));
  return [...new Set(found)];
}

/** The same of a running controller's services. */
export async function fetchChosen(admin: Admin, words: readonly string[]) {
  return chosenFrom(await fetchServices(admin), words);
}

/** Whether the words mean a service, also one that comes later. No words: whatever there is. */
export function meaning(services: readonly Named[], words: readonly string[]): (one: Partial<Named>) => boolean {
  if (words.length === 0) return () => true;
  const names = new Set(chosenFrom(services, words).map(({ project, service }) => `${project}/${service}`));
  const fits = words.filter(isPattern).map(matcher);
  return ({ project, service }) => {
    if (project === undefined || service === undefined) return false;
    return names.has(`${project}/${service}`) || fits.some((isMeant) => isMeant({ project, service }));
  };
}

function fitting<T extends Named>(services: readonly T[], pattern: string): readonly T[] {
  const found = services.filter(matcher(pattern));
  if (found.length > 0) return found;
  const known = services.map(({ project, service }) => `${project}/${service}`).join(", ");
  throw new FairleadError("ConfigInvalid", `no service fits ${pattern}`, {
    remedy: known === "" ? "there are no services" : `there are ${known}`,
  });
}

function matcher(pattern: string): (one: Named) => boolean {
  const isMatch = (loadLate("picomatch") as Picomatch)([pattern], { dot: true });
  return ({ project, service }) => isMatch(pattern.includes("/") ? `${project}/${service}` : service);
}

function isPattern(word: string): boolean {
  return /[*?[\]{}!]/.test(word);
}
