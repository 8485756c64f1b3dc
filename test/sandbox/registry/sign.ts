import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { openRepository } from "./push.js";

export interface SigningKeys {
  readonly privateKey: KeyObject;
  /** In PEM. */
  readonly publicKey: string;
}

export function makeSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, publicKey: String(publicKey.export({ type: "spki", format: "pem" })) };
}

/** Puts beside an image what `cosign sign --key … --new-bundle-format=false` puts there. */
export async function signImage(
  registryUrl: string,
  name: string,
  digest: string,
  { privateKey }: SigningKeys,
): Promise<void> {
  const repository = openRepository(registryUrl, name, undefined);
  const identity = { "docker-reference": name };
  const critical = { identity, image: { "docker-manifest-digest": digest }, type: "cosign container image signature" };
  const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
  const layer = await repository.putBlob(payload, "application/vnd.dev.cosign.simplesigning.v1+json");
  const config = await repository.putBlob(Buffer.from("{}"), "application/vnd.oci.image.config.v1+json");
  const signature = sign("sha256", payload, privateKey).toString("base64");
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const layers = [{ ...layer, annotations: { "dev.cosignproject.cosign/signature": signature } }];
  await repository.putManifest(
    { schemaVersion: 2, mediaType, config, layers },
    mediaType,
    `${digest.replace(":", "-")}.sig`,
  );
}
