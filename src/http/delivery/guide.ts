import type { ImageHint } from "../../compose/values/image.js";

/** How a person sets a sender up. In its texts `{url}` stands for the address and `{secret}` for the secret. */
export interface Guide {
  /** The sender as people call it. */
  readonly title: string;
  /** Whether the address holds the secret, or the sender has a place of its own for it. */
  readonly secret: "in the address" | "apart";
  readonly steps: readonly string[];
}

/** What a sample is to be about: each sender has words for one of them, or for several. */
export interface Subject {
  readonly image: ImageHint & { readonly registry: string; readonly tag: string };
  /** `project/name`. */
  readonly service: string;
  /** A repository's URL. */
  readonly repository: string;
  /** The repository has news: what counts for senders that have words for either. */
  readonly isPush: boolean;
  /** The topic that it comes through, for senders that name one. Absent: any. */
  readonly topic?: string;
}

export interface Sample {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Stands in samples where a sender says a digest, which nobody reads. */
export const sampleDigest = `sha256:${"0".repeat(64)}`;

/** The parts of a repository, for senders whose repositories have at least so many: of `shop` two are `images` and `shop`. */
export function partsOf(repository: string, least: number): readonly string[] {
  const parts = repository.split("/");
  return [...Array.from({ length: Math.max(0, least - parts.length) }, () => "images"), ...parts];
}
