/** By whom an image has to be signed (`x-fairlead.verify`, and `signatures` of the settings). One of them is enough. */
export type SignatureRule = KeyRule | IdentityRule;

export interface KeyRule {
  readonly kind: "keys";
  readonly keys: readonly SigningKey[];
}

export interface SigningKey {
  /** As messages name it: its file, or which of the list it is. */
  readonly name: string;
  /** A public key in PEM. */
  readonly pem: string;
}

/** Of those whom the authorities of a trusted root have vouched for. */
export interface IdentityRule {
  readonly kind: "identities";
  readonly identities: readonly SigningIdentity[];
  /** The text of a `trusted_root.json`. */
  readonly trustedRoot: string;
}

export interface SigningIdentity {
  /** Who has asserted it: the URL of an OIDC issuer. */
  readonly issuer: string;
  readonly subject: { readonly kind: "exact" | "pattern"; readonly text: string };
}

/** `the key release.pub`, `one of the keys release.pub, old.pub`. */
export function describeRule(rule: SignatureRule): string {
  const names =
    rule.kind === "keys"
      ? rule.keys.map(({ name }) => name)
      : rule.identities.map(({ issuer, subject }) => `${subject.text} of ${issuer}`);
  const [one = "nobody", ...others] = names;
  const what = rule.kind === "keys" ? ["the key", "one of the keys"] : ["", "one of"];
  return `${(others.length === 0 ? what[0] : what[1]) ?? ""} ${[one, ...others].join(", ")}`.trim();
}
