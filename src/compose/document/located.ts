import type { Problem } from "../values/problem.js";
import { childPath, isMapping, type Node } from "./node.js";
import type { Origin } from "./yaml/origin.js";
import type { Place } from "./yaml/yaml.js";

/** From the document's root on. */
export type Way = readonly (string | number)[];

export type Located = Pick<Problem, "file" | "line" | "column" | "path">;

/** Where the first of these ways ends that leads to something; else how far the first of them leads. */
export function located(root: Node, ways: readonly Way[]): Located {
  const [way = []] = [...ways.filter((one) => isThere(root.value, one)), ...ways];
  let place: Place = root.place;
  let origin: Origin = root.place.origin ?? root.reading;
  let path = "";
  for (const part of way) {
    const next = place.children.get(String(part));
    if (next === undefined) break;
    place = next;
    origin = next.origin ?? origin;
    path = childPath(path, part);
  }
  return { file: origin.file, ...place.value, path };
}

function isThere(value: unknown, [part, ...rest]: Way): boolean {
  if (part === undefined) return true;
  if (Array.isArray(value)) return typeof part === "number" && part < value.length && isThere(value[part], rest);
  return isMapping(value) && Object.hasOwn(value, part) && isThere(value[part], rest);
}
