import type { ServiceSpec } from "../../compose/model/service.js";
import type { SourceSnapshot } from "../ports/source.js";

/** So many are named; the API's answer to `sync` names them all. */
const mostNamed = 20;

/** What of a service's mounted files is not as git has it, and who decides. Undefined: all is. */
export function localChangesIn(
  { project, container }: Pick<ServiceSpec, "project" | "container">,
  { localChanges }: Pick<SourceSnapshot, "localChanges">,
): string | undefined {
  const sources = sourcesOf(container);
  const own = (localChanges?.get(project) ?? []).filter(({ path }) =>
    sources.some((source) => path === source || path.startsWith(`${source}/`)),
  );
  if (own.length === 0) return undefined;
  const named = own.slice(0, mostNamed).map(({ file, what }) => `${file} (${what})`);
  const more = own.length > mostNamed ? `, and ${own.length - mostNamed} more` : "";
  const remedy = `\`fairlead sync --ours ${project}\` keeps what is here, \`--theirs\` takes what git has`;
  return `left as the container has it: ${named.join(", ")}${more}; ${remedy}`;
}

/** What of a service's mounted files holds what it held before, since its process failed on git's version. Undefined: nothing. */
export function takenBackIn(
  { project, name, container }: Pick<ServiceSpec, "project" | "name" | "container">,
  { takenBack }: Pick<SourceSnapshot, "takenBack">,
): string | undefined {
  const sources = new Set(sourcesOf(container));
  const files = (takenBack?.get(project) ?? []).filter(({ path }) => sources.has(path)).map(({ file }) => file);
  if (files.length === 0) return undefined;
  const remedy = `it stays so until a commit changes it, or \`fairlead retry ${project}/${name}\``;
  return `${files.join(", ")} has its earlier content again, because the process failed with git's version; ${remedy}`;
}

function sourcesOf({ mounts }: Pick<ServiceSpec["container"], "mounts">): readonly string[] {
  return mounts.flatMap(({ type, source }) => (type === "bind" && source !== undefined ? [source] : []));
}
