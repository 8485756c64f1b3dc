import type { BuildSpec } from "../compose/model/container/build-spec.js";
import { parseImage } from "../compose/values/image.js";

/** The registries of the images that a Dockerfile begins with, as far as its text tells. */
export function registriesIn(dockerfile: string, args: BuildSpec["args"]): readonly string[] {
  const values = new Map(Object.entries(args).map(([name, value]) => [name, value.reveal()]));
  for (const [, name = "", value = ""] of dockerfile.matchAll(/^\s*ARG\s+(\w+)=["']?([^\s"']*)/gim)) {
    if (!values.has(name)) values.set(name, value);
  }
  const names = [...dockerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, name = ""]) =>
    name.replace(/\$\{?(\w+)[^}/:@]*\}?/g, (_, variable: string) => values.get(variable) ?? ""),
  );
  return [...new Set(names.filter((name) => name !== "scratch").flatMap(registryOf))];
}

function registryOf(name: string): readonly string[] {
  try {
    return [parseImage(name).registry];
  } catch {
    return [];
  }
}
