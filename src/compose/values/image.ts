/*
 * One value, read and written, lives here. A value knows no file, no key and no service; it throws, and its caller
 * knows the place.
 */

import { FairleadError } from "../../errors.js";
import { quote } from "../../tools/quote.js";
import { dockerHub, isDockerHub } from "./registry-name.js";

/**
 * Which image a container is made of: by its digest where a registry has it, by its id where only this host does. The text
 * alone does not say which, and labels and the journal keep the text alone: the images of the host tell (`localName`).
 */
export type ImageVersion = `sha256:${string}`;

/** What a registry calls an image: the hash of its manifest, the same on every host. */
export type Digest = ImageVersion & { readonly givenBy: "registry" };

/** What the engine of this host calls an image: the hash of its config, or of its manifest, as its image store has it. */
export type ImageId = ImageVersion & { readonly givenBy: "engine" };

/** `repository@sha256:…`, in the familiar form. */
export type PinnedImage = `${string}@${string}`;

/** By which the engine finds an image. */
export type ImageName = PinnedImage | ImageId;

/** An image name as OCI distribution understands it, normalised: Docker Hub's shorthands are spelt out. */
export interface ImageReference {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** `library/nginx`, `notarock/portfolio-ng`. */
  readonly repository: string;
  /** `latest` where neither a tag nor a digest was written. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** An image as others speak of it: without a registry it may be of any, without a tag any of its tags is meant. */
export interface ImageHint {
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
}

const nameLimit = 255;
const tagLimit = 128;

const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const registryPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]*$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const identifierPattern = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

export function isImageId(text: string): text is ImageId {
  return digestPattern.test(text);
}

export function isImageVersion(text: string): text is ImageVersion {
  return digestPattern.test(text);
}

export function isTag(text: string): boolean {
  return tagPattern.test(text) && text.length <= tagLimit;
}

/** What is not on this host is asked for as a digest: a registry that does not know it says so. */
export function asDigest(version: ImageVersion): Digest {
  return version as Digest;
}

/**
 * Reads an image reference by the grammar of OCI distribution, and normalises it as the engine does.
 * Throws FairleadError `SpecInvalid` whose message quotes the text.
 */
export function parseImage(text: string): ImageReference {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const { registry, repository } = splitName(colon < 0 ? named : named.slice(0, colon));

  const fault = faultOf(text, { registry, repository, tag, digest });
  if (fault !== undefined) {
    throw new FairleadError("SpecInvalid", `${quote(text)} is not an image reference: ${fault.message}`, {
      remedy: fault.remedy,
      retry: "never",
    });
  }
  return {
    registry,
    repository,
    tag: tag ?? (digest === undefined ? "latest" : undefined),
    digest: digest as Digest | undefined,
  };
}

/** The canonical form, nothing left out: `docker.io/library/nginx:latest`. */
export function formatImage(image: ImageReference): string {
  return `${image.registry}/${image.repository}${suffix(image)}`;
}

/** `ghcr.io/acme/shop:latest`; what it does not say is left out. */
export function formatHint({ registry, repository, tag }: ImageHint): string {
  return `${registry === undefined ? "" : `${registry}/`}${repository}${tag === undefined ? "" : `:${tag}`}`;
}

/** The repository as the engine shows it: `nginx`, `notarock/portfolio-ng`, `127.0.0.1:5000/app`. */
export function familiarName(image: ImageReference): string {
  const full = `${image.registry}/${image.repository}`;
  if (image.registry !== dockerHub) return full;
  const short = /^library\/[^/]+$/.test(image.repository)
    ? image.repository.slice("library/".length)
    : image.repository;
  // A shortened name must not read as an image id or as another registry's repository.
  return identifierPattern.test(short) || splitName(short).registry !== dockerHub ? full : short;
}

/** `nginx:1.27`, `notarock/portfolio-ng:latest@sha256:…`. */
export function familiarImage(image: ImageReference): string {
  return `${familiarName(image)}${suffix(image)}`;
}

/** `notarock/portfolio-ng@sha256:…`: what containers are created from, whatever tag was declared. */
export function pinnedImage(image: ImageReference, digest: Digest): PinnedImage {
  return `${familiarName(image)}@${digest}`;
}

function suffix({ tag, digest }: ImageReference): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The first component is a registry only if it cannot be a Docker Hub namespace: the engine's own rule. */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isRegistry = /[.:A-Z]/.test(first) || first === "localhost";
  const written = isRegistry ? first : dockerHub;
  const registry = isDockerHub(written) ? dockerHub : written;
  const rest = isRegistry ? name.slice(slash + 1) : name;
  const repository = registry === dockerHub && rest !== "" && !rest.includes("/") ? `library/${rest}` : rest;
  return { registry, repository };
}

interface Fault {
  readonly message: string;
  readonly remedy: string;
}

/** As they are written. */
interface Parts {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function faultOf(text: string, { registry, repository, tag, digest }: Parts): Fault | undefined {
  if (text.trim() === "") return fault("it is empty", "write for example `nginx:1.27`");
  if (/\s/.test(text)) return fault("it contains white space", "remove the white space");
  if (/^[a-z]+:\/\//.test(text)) return fault("it is a URL", "leave out the scheme: `registry.example.com/app:1.0`");
  if (identifierPattern.test(text)) return fault("it is an image id", "name the repository, with a tag or a digest");
  if (!registryPattern.test(registry)) {
    return fault(`${quote(registry)} is not a registry host`, "write `host/repository` or `host:port/repository`");
  }
  if (repository !== repository.toLowerCase()) {
    return fault("the repository must be lower-case", "upper-case letters are allowed in the tag only");
  }
  if (!repository.split("/").every((component) => componentPattern.test(component))) {
    return fault(
      repository === "" ? "the repository is missing" : `${quote(repository)} is not a repository name`,
      "components are lower-case letters and digits, joined by `.`, `_`, `__` or `-`",
    );
  }
  if (registry.length + 1 + repository.length > nameLimit) {
    return fault(`the name is longer than ${nameLimit} characters`, "shorten it");
  }
  if (tag !== undefined && !tagPattern.test(tag)) {
    return fault(
      `${quote(tag)} is not a tag`,
      "tags are letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`",
    );
  }
  if (tag !== undefined && tag.length > tagLimit) {
    return fault(`the tag is longer than ${tagLimit} characters`, "shorten it");
  }
  if (digest !== undefined && !isDigest(digest)) {
    return fault(`${quote(digest)} is not a digest`, "write `sha256:` and 64 lower-case hexadecimal digits");
  }
  return undefined;
}

function fault(message: string, remedy: string): Fault {
  return { message, remedy };
}
