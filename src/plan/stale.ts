import type { ObservedContainer } from "./observed.js";

/**
 * What is said of files that have been replaced on the host (git, many editors, `mv`) while a container has them mounted:
 * it keeps the old ones until its next start. Undefined: there are none.
 */
export function staleMounts(containers: readonly ObservedContainer[]): string | undefined {
  const texts = containers.flatMap(({ name, role, state, mounts = [] }) => {
    const paths = mounts.filter(({ stale }) => stale === true).map(({ source }) => source);
    if (role !== "active" || state !== "running" || paths.length === 0) return [];
    const which = paths.length === 1 ? "another file has" : "other files have";
    const folder = paths.length === 1 ? "its folder in place of the file" : "their folders in place of the files";
    const remedy = `\`docker restart ${name}\` brings the new content; mount ${folder} and it needs no restart`;
    return [
      `${name} does not see ${paths.join(", ")} as it is now: ${which} taken its place since it started; ${remedy}`,
    ];
  });
  return texts.length === 0 ? undefined : texts.join("; ");
}
