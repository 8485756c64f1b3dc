import { readFileSync } from "node:fs";
import type { Digest } from "../../../../src/compose/values/image.js";
import type { SignatureMaterial } from "../../../../src/signatures/material.js";

/** A repository with images and what cosign has put beside them, as `make.ts` found it in a registry. */
export interface Stored {
  /** Digests by the names they have in tests. */
  readonly images: Readonly<Record<string, string>>;
  /** By digest, and by tag where cosign names it so. */
  readonly manifests: Readonly<Record<string, { readonly mediaType: string; readonly body: string }>>;
  /** In base64, by digest. */
  readonly blobs: Readonly<Record<string, string>>;
}

export const stored = JSON.parse(readFileSync(new URL("stored.json", import.meta.url), "utf8")) as Stored;

export function imageNamed(name: string): Digest {
  return stored.images[name] as Digest;
}

/** The PEM text of a public key. */
export function keyNamed(name: "release" | "other"): string {
  return readFileSync(new URL(`${name}.pub`, import.meta.url), "utf8");
}

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What cosign has put beside an image, whichever way it stands there. */
export function materialsOf(name: string): readonly SignatureMaterial[] {
  const tag = imageNamed(name).replace(":", "-");
  const index = stored.manifests[tag];
  const listed = index === undefined ? [] : (JSON.parse(index.body) as { manifests: readonly Layer[] }).manifests;
  const bodies = [...listed.map(({ digest }) => stored.manifests[digest]), stored.manifests[`${tag}.sig`]];
  return bodies
    .flatMap((manifest) => (manifest === undefined ? [] : (JSON.parse(manifest.body) as { layers: Layer[] }).layers))
    .map(({ mediaType, digest, annotations = {} }) => {
      const content = Buffer.from(stored.blobs[digest] ?? "", "base64");
      return mediaType.includes("bundle")
        ? { kind: "bundle", text: content.toString("utf8") }
        : { kind: "simple", payload: content, annotations };
    });
}

export const trustedRootText = readFileSync(new URL("../keyless/trusted_root.json", import.meta.url), "utf8");
