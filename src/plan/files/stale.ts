import { isReloaded } from "../../compose/model/policy/reload-policy.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { ObservedContainer, UnreadFile } from "../model/host/observed.js";
import { writtenFiles } from "./unread.js";

type Said = Pick<ServiceSpec, "reload" | "container">;

/**
 * What is said of files that have been replaced on the host (git, many editors, `mv`) or removed there while a container has
 * them mounted: it keeps the old ones until its next start. Undefined: there are none.
 */
export function staleMounts(spec: Said, containers: readonly ObservedContainer[]): string | undefined {
  const texts = serving(containers).flatMap(({ name, unread = [] }) => [
    ...replacedIn(name, unread, spec),
    ...removedIn(name, unread),
  ]);
  return texts.length === 0 ? undefined : texts.join("; ");
}

function replacedIn(name: string, unread: readonly UnreadFile[], spec: Said): readonly string[] {
  const replaced = unread.filter(({ change }) => change === "replaced").map(({ path }) => path);
  if (replaced.length === 0) return [];
  const which = replaced.length === 1 ? "another file has" : "other files have";
  const told = `${name} does not see ${replaced.join(", ")} as it is now: ${which} taken its place since it started`;
  return [`${told}; ${remedyFor(name, replaced, spec)}`];
}

/** The engine makes a folder of a path that is not there, or refuses the start. */
function removedIn(name: string, unread: readonly UnreadFile[]): readonly string[] {
  const removed = unread.filter(({ change }) => change === "removed").map(({ path }) => path);
  if (removed.length === 0) return [];
  const [verb, pronoun] = removed.length === 1 ? ["is", "it"] : ["are", "them"];
  const told = `${removed.join(", ")} ${verb} not on the host any more, and ${name} still has what it started with`;
  return [`${told}; put ${pronoun} back before it starts again`];
}

function remedyFor(name: string, paths: readonly string[], spec: Said): string {
  if (paths.every((path) => isReloaded(spec, path))) return "a new container takes its place, to bring the new content";
  const folder = paths.length === 1 ? "its folder in place of the file" : "their folders in place of the files";
  return `\`docker restart ${name}\` brings the new content; mount ${folder} and it needs no restart`;
}

/** Of all is well otherwise: what nobody is told of, and why. */
export function untoldFiles(spec: ServiceSpec, containers: readonly ObservedContainer[]): readonly string[] {
  return serving(containers).flatMap((one) => {
    const written = writtenFiles(spec, one).map(({ path }) => path);
    const untold = `${one.name} has not been told of ${written.join(", ")}, which changed while the service is paused`;
    const large = (one.unwatched ?? []).map(
      (path) => `${path} holds too much to be watched, so that ${one.name} is told of no change in it`,
    );
    return [...(written.length === 0 ? [] : [untold]), ...large];
  });
}

function serving(containers: readonly ObservedContainer[]): readonly ObservedContainer[] {
  return containers.filter(({ role, state }) => role === "active" && state === "running");
}
