import type { ImageReference, Digest } from "../../compose/values/image.js";
import type { SignatureMaterial } from "../../signatures/material.js";
import type { Secret } from "../../tools/secret.js";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

/**
 * The truth about tags. Throws FairleadError: ImageNotFound, Unauthorized, RateLimited, RegistryUnavailable,
 * UnsupportedManifest, TagsUnlisted, PushRefused.
 */
export interface Registry {
  /**
   * One HEAD (a GET only where HEAD gives no digest). A reference with a digest costs nothing. `urgent`: a hook has come, or
   * a person waits; what is only looked at in its turn comes after it.
   */
  resolve(image: ImageReference, urgent?: boolean): Promise<Digest>;
  /**
   * What a digest amounts to on a platform: the platform manifest's digest, and its config's. Two digests of equal
   * content answer equally. Costs up to two GETs, once: digests are immutable, answers are kept.
   */
  content(image: ImageReference, digest: Digest, platform: Platform): Promise<ImageContent>;
  /**
   * All tags of the image's repository, in no order, whatever its own tag is. Several GETs where there are many; one that has
   * more than can be taken throws TagsUnlisted, as does a registry that lists none.
   */
  listTags(image: ImageReference, urgent?: boolean): Promise<readonly string[]>;
  /** When a digest's image says that it was made, epoch ms; undefined: it does not say. Costs one GET besides `content`, once. */
  madeAt(image: ImageReference, digest: Digest, platform: Platform): Promise<number | undefined>;
  /**
   * What may be a signature of a digest, one after another, until `take` says that it is enough. Several GETs: whether
   * there are any is to be kept by whoever asks. What is not there is no error.
   */
  signatures(
    image: ImageReference,
    digest: Digest,
    take: (material: SignatureMaterial) => boolean,
  ): Promise<SignaturesRead>;
  /**
   * The image manifests of an index that an engine on this platform might take, whichever it prefers; of an image itself
   * nothing. Costs one GET.
   */
  parts(image: ImageReference, digest: Digest, platform: Platform): Promise<readonly Digest[]>;
  /**
   * Makes a tag of the image's repository mean `digest`, by the bytes that the repository has of it, whatever tag the image has. It
   * is asked and done at the registry itself, never at a mirror. One HEAD where the tag means it already, else a GET and a PUT.
   */
  moveTag(image: ImageReference, tag: string, digest: Digest): Promise<TagMove>;
  /** Credentials for the engine's own pull, from Docker's config.json; undefined: anonymous. */
  credentials(registry: string): Promise<RegistryCredentials | undefined>;
}

export interface SignaturesRead {
  /** How many were given to `take`. */
  readonly read: number;
  /** There are more than are read. */
  readonly more: boolean;
}

export interface TagMove {
  /** What the tag meant before. Undefined: nothing, or nobody can tell. */
  readonly from: Digest | undefined;
}

export interface ImageContent {
  readonly manifest: Digest;
  readonly config: Digest;
}

/** By the names that the engine's X-Registry-Auth has for them. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: Secret;
  readonly identitytoken?: Secret;
  readonly serveraddress: string;
}
