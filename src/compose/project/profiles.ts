import { entries, isMapping, items, quoted, readAll, report, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";

export const profileHint = "name the profiles with --profile or COMPOSE_PROFILES";

/** Whether a service belongs to the project while these profiles are active; `*` stands for all. */
export function isActive(service: Node, active: readonly string[]): boolean {
  const own = profilesOf(service);
  return own.length === 0 || active.includes("*") || own.some((profile) => active.includes(profile));
}

/** None: the service always belongs to the project. */
export function profilesOf(service: Node): readonly string[] {
  if (!isMapping(service.value)) return [];
  const node = entries(service).find(([key]) => key === "profiles")?.[1];
  return node === undefined ? [] : readAll(items(node), profile);
}

/** `COMPOSE_PROFILES` and the like: names with commas between them. */
export function profileList(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function profile(node: Node): string | null {
  const name = filledText(node);
  if (name === null || /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return name;
  return report(node, `${quoted(node)} is not the name of a profile`, "use letters, digits, `.`, `_` and `-`");
}
