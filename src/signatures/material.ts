/** What stands beside an image in a registry and may be a signature of it. Nothing in it is to be believed. */
export type SignatureMaterial =
  /** A Sigstore bundle, as JSON. */
  | { readonly kind: "bundle"; readonly text: string }
  /** A payload, and in the annotations its signature, as cosign has written them before there were bundles. */
  | { readonly kind: "simple"; readonly payload: Buffer; readonly annotations: Readonly<Record<string, string>> };
