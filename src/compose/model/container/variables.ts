import { Secret } from "../../../tools/secret.js";

/** What a container or a hook has in its environment; null unsets what the image or the container sets. Any may be a password. */
export type Variables = Readonly<Record<string, Secret | null>>;

/** `Object.fromEntries` defines properties, so that a variable `__proto__` is one like any other. */
export function variables(plain: Readonly<Record<string, string | null>>): Variables {
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, value === null ? null : new Secret(value)]),
  );
}
