import { calls, places, type Feature, type ProxyCall } from "./calls.js";

/** A rule of the socket proxy, as a variable of its environment. */
export interface Rule {
  readonly variable: string;
  /** The proxy matches the whole path with it, and puts no brackets around it. */
  readonly pattern: string;
}

/** Rules add up, and files that are merged add variables: so each feature has names of its own. */
const suffixes: Readonly<Record<Feature, string>> = {
  core: "",
  exec: "_2",
  files: "_3",
  build: "_4",
  signals: "_5",
  swarm: "_6",
};

export function rulesOf(feature: Feature): readonly Rule[] {
  const own = calls.filter((call) => call.feature === feature);
  const methods = [...new Set(own.map(({ method }) => method))];
  return methods.map((method) => {
    const patterns = own.filter((call) => call.method === method);
    return { variable: `SP_ALLOW_${method}${suffixes[feature]}`, pattern: patternOf(patterns) };
  });
}

function patternOf(own: readonly ProxyCall[]): string {
  const versioned = own.filter(({ bare }) => bare !== true).map(({ path }) => expression(path));
  const bare = own.filter((call) => call.bare === true).map(({ path }) => expression(path));
  const all = [...bare, ...(versioned.length === 0 ? [] : [`/v1\\.\\d+(${versioned.join("|")})`])];
  return all.length === 1 ? (all[0] ?? "") : `(${all.join("|")})`;
}

/** A path with its places filled in. */
export function expression(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const place = places[name];
    if (place === undefined) throw new Error(`${path}: there is no place {${name}}`);
    return place;
  });
}
