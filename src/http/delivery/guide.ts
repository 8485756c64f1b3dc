import type { ImageHint } from "../../compose/values/image.js";

/** How a person sets a sender up. In its texts `{url}` stands for the address and `{secret}` for the secret. */
export interface Guide {
  /** The sender as people call it. */
  readonly title: string;
  /** Whether the address holds the secret, or the sender has a place of its own for it. */
  readonly secret: "in the address" | "apart";
  readonly steps: readonly string[];
}

/** What a sample is to be about: each sender has words for one of them. */
export interface Subject {
  readonly image: ImageHint & { readonly registry: string; readonly tag: string };
  /** `project/name`. */
  readonly service: string;
  /** A repository's URL. */
  readonly repository: string;
}

export interface Sample {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Stands in samples where a sender says a digest, which nobody reads. */
export const sampleDigest = `sha256:${"0".repeat(64)}`;
