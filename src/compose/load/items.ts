import { posix } from "node:path";
import { interpolate } from "../document/variables/interpolate.js";
import { numberText } from "../document/yaml/number.js";
import { memberOf, type Tree } from "./tree.js";

/** What an item of a list is about: two items of one name do not stand side by side once files are merged. */
type NameOf = (item: Tree) => string | undefined;

/** A scalar with its variables filled in, and no complaint if that cannot be done: the decoder will complain. */
export function plainText(tree: Tree | undefined): string | undefined {
  if (tree === undefined) return undefined;
  const { value, place } = tree;
  if (typeof value === "string") return interpolate(value, place.origin?.variables ?? (() => undefined)).text;
  if (typeof value === "number") return numberText(place.plain ?? String(value));
  return typeof value === "boolean" ? String(value) : undefined;
}

/** `NAME=value`, or `NAME` alone. */
export const pairName: NameOf = (item) => plainText(item)?.replace(/=.*/s, "");

/** Address, both ports and protocol. */
export const portName: NameOf = (item) => {
  const written = plainText(item);
  const short = written === undefined ? null : /^(?:(?:(.*):)?([^:]*):)?([^:/]+)(?:\/(\w+))?$/.exec(written);
  const long = (key: string) => plainText(memberOf(item, key));
  const [ip, published, target, protocol] =
    short === null
      ? [long("host_ip"), long("published"), long("target"), long("protocol")]
      : [short[1]?.replace(/^\[|\]$/g, ""), short[2], short[3], short[4]];
  return target === undefined ? undefined : [ip ?? "", published ?? "", target, protocol ?? "tcp"].join("|");
};

/** The target in the container. */
export const mountName: NameOf = (item) => {
  const parts = plainText(item)?.split(":");
  return normalPath(parts === undefined ? plainText(memberOf(item, "target")) : (parts[1] ?? parts[0]));
};

/** The target in the container; by default the source's own name in this directory. */
export function grantName(directory: string): NameOf {
  return (item) => {
    const target = plainText(item) ?? plainText(memberOf(item, "target")) ?? plainText(memberOf(item, "source"));
    return target === undefined ? undefined : posix.resolve(directory, target);
  };
}

/** The file itself. */
export const pathName: NameOf = (item) => {
  const path = plainText(item) ?? plainText(memberOf(item, "path"));
  return path === undefined ? undefined : posix.resolve(item.place.origin?.directory ?? "/", path);
};

function normalPath(path: string | undefined): string | undefined {
  return path === undefined ? undefined : posix.normalize(path).replace(/(.)\/$/, "$1");
}
