import type { EngineKind } from "../values/engine.js";

/** What becomes of a key of the Compose Specification here. */
export type Support = OnHost & {
  /** On a Swarm, where that differs. */
  readonly swarm?: OnSwarm;
};

type OnHost =
  /** `note`: what a reader of the support page should know. */
  | { readonly support: "supported"; readonly note?: string }
  | { readonly support: "obsolete" | "planned"; readonly hint?: string }
  /** Taken with a warning: it concerns something that does not exist here, so that leaving it out changes nothing. */
  | { readonly support: "ignored"; readonly hint: string }
  /** Never: it has no meaning for a controller of one plain host, or a better key exists. */
  | { readonly support: "refused"; readonly hint: string };

type OnSwarm = OnHost;

/** Every key that a mapping may have by the specification. Any other key is unknown. */
export type KeyTable = Readonly<Record<string, Support>>;

/** The keys that a decoder may read: a key that the table calls supported nowhere does not compile. */
export type SupportedKey<T extends KeyTable> = {
  [K in keyof T & string]: T[K] extends
    { readonly support: "supported" } | { readonly swarm: { readonly support: "supported" } }
    ? K
    : never;
}[keyof T & string];

export function supportOn(engine: EngineKind | undefined, support: Support): OnHost {
  return engine === "swarm" ? (support.swarm ?? support) : support;
}

/** The engine of one host has it, and a Swarm has not. `hint`: what to do about it there. */
export function hostOnly(hint: string, note?: string) {
  const swarm = { support: "refused", hint } as const;
  return { support: "supported", ...(note === undefined ? {} : { note }), swarm } as const;
}
