import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { digestOf, openRepository, type Credentials, type Descriptor, type Repository } from "./push.js";
import { contentLayer, programLayer, type SampleOptions } from "./sample.js";

export type MediaTypes = "oci" | "docker";

export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface ImageOptions extends SampleOptions {
  /** The image's HEALTHCHECK, which asks `/healthz`. Default every second; `none` also where nothing is served. */
  readonly healthcheck?: HealthcheckTimes | "none";
  /** The image's VOLUME: absolute paths. */
  readonly volumes?: readonly string[];
  /** Whom its containers run as; who knows him is not asked. Default root. */
  readonly user?: string;
  /** `none`: it does not say what its containers run. */
  readonly entrypoint?: "none";
  /** Default `oci`. */
  readonly mediaTypes?: MediaTypes;
  /** Default this machine's. The program inside is this machine's in any case. */
  readonly platform?: ImagePlatform;
  readonly auth?: Credentials;
}

export interface HealthcheckTimes {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly startPeriodMs?: number;
  readonly retries?: number;
}

export interface PublishedImage {
  /** The manifest's digest: what the tag stands for. */
  readonly digest: Descriptor["digest"];
  /** The config's digest: the image's id in an engine's classic store. */
  readonly config: Descriptor["digest"];
  /** Of manifest, config and compressed layers, in bytes. */
  readonly size: number;
  readonly platform: ImagePlatform;
  /** As an index lists it. */
  readonly descriptor: Descriptor;
}

const types = {
  oci: {
    index: "application/vnd.oci.image.index.v1+json",
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
  docker: {
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
} as const;

const compress = promisify(gzip);

/**
 * Puts a runnable sample image into a registry, with no engine and no build. Each call makes a new digest with one new
 * layer, so that an engine must really pull. Without a tag it can be reached by its digest only.
 */
export async function publishImage(
  registryUrl: string,
  repository: string,
  tag: string | undefined,
  options: ImageOptions = {},
): Promise<PublishedImage> {
  const platform = options.platform ?? machinePlatform();
  const tars = [await programLayer(), contentLayer(options)];
  return publishLayers(registryUrl, repository, tag, { tars, config: imageConfig(options), ...options, platform });
}

export interface ImageParts {
  /** From the lowest layer up, not compressed. */
  readonly tars: readonly Buffer[];
  /** What containers of it run, as an image's configuration says it. */
  readonly config: object;
  readonly mediaTypes?: MediaTypes;
  readonly platform?: ImagePlatform;
  readonly auth?: Credentials;
  /** Default now, so that no two images have the same digest. */
  readonly created?: string;
}

/** Puts an image of these layers into a registry. */
export async function publishLayers(
  registryUrl: string,
  repository: string,
  tag: string | undefined,
  { tars, config: runs, mediaTypes = "oci", platform = machinePlatform(), auth, created }: ImageParts,
): Promise<PublishedImage> {
  const target = openRepository(registryUrl, repository, auth);
  const type = types[mediaTypes];
  const layers: Descriptor[] = [];
  for (const tar of tars) layers.push(await target.putBlob(await compress(tar, { level: 1 }), type.layer));
  const rootfs = { type: "layers", diff_ids: tars.map(digestOf) };
  const whole = { ...platform, created: created ?? new Date().toISOString(), config: runs, rootfs };
  const config = await target.putBlob(Buffer.from(JSON.stringify(whole)), type.config);
  const manifest = { schemaVersion: 2, mediaType: type.manifest, config, layers };
  const descriptor = await target.putManifest(manifest, type.manifest, tag);
  const size = [descriptor, config, ...layers].reduce((total, part) => total + part.size, 0);
  return { digest: descriptor.digest, config: config.digest, size, platform, descriptor };
}

export function machinePlatform(): ImagePlatform {
  const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64", arm: "arm" };
  return { os: "linux", architecture: architectures[process.arch] ?? process.arch };
}

function imageConfig(options: ImageOptions): object {
  const { serve = 8080, healthcheck = {}, version = "v1", volumes = [], user, entrypoint } = options;
  return {
    ...(entrypoint === "none" ? {} : { Entrypoint: ["/entry"] }),
    ...(user === undefined ? {} : { User: user }),
    Env: ["PATH=/bin"],
    Labels: { "org.opencontainers.image.version": version },
    ...(volumes.length === 0 ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
    ...(serve === "none" ? {} : { ExposedPorts: { [`${serve}/tcp`]: {} } }),
    ...(serve === "none" || healthcheck === "none" ? {} : { Healthcheck: imageHealthcheck(serve, healthcheck) }),
  };
}

function imageHealthcheck(port: number, times: HealthcheckTimes): object {
  const nanoseconds = (ms: number): number => ms * 1_000_000;
  return {
    Test: ["CMD", "wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}/healthz`],
    Interval: nanoseconds(times.intervalMs ?? 1000),
    Timeout: nanoseconds(times.timeoutMs ?? 1000),
    StartPeriod: nanoseconds(times.startPeriodMs ?? 0),
    Retries: times.retries ?? 2,
  };
}

export interface IndexOptions {
  /**
   * Adds to each image an attestation manifest of platform unknown/unknown, as BuildKit does with provenance on. It is
   * new each time, so that the same images get a new index digest. Default true; a Docker list cannot have them.
   */
  readonly attestations?: boolean;
  /** Default `oci`. */
  readonly mediaTypes?: MediaTypes;
  readonly auth?: Credentials;
}

/** Puts a multi-platform index over images that were published to the same repository. */
export async function publishIndex(
  registryUrl: string,
  repository: string,
  tag: string | undefined,
  images: readonly PublishedImage[],
  { attestations = true, mediaTypes = "oci", auth }: IndexOptions = {},
): Promise<{ digest: Descriptor["digest"]; size: number }> {
  const target = openRepository(registryUrl, repository, auth);
  const type = types[mediaTypes].index;
  const manifests: object[] = images.map(({ descriptor, platform }) => ({ ...descriptor, platform }));
  if (attestations && mediaTypes === "oci") {
    for (const image of images) manifests.push(await publishAttestation(target, image));
  }
  const { digest, size } = await target.putManifest({ schemaVersion: 2, mediaType: type, manifests }, type, tag);
  return { digest, size };
}

async function publishAttestation(target: Repository, image: PublishedImage): Promise<object> {
  const platform = { os: "unknown", architecture: "unknown" };
  const statement = Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType: "https://slsa.dev/provenance/v0.2",
      subject: [{ name: "sample", digest: { sha256: image.digest.slice("sha256:".length) } }],
      predicate: { metadata: { buildInvocationID: randomBytes(16).toString("hex") } },
    }),
  );
  const layer = await target.putBlob(statement, "application/vnd.in-toto+json");
  const config = Buffer.from(JSON.stringify({ ...platform, rootfs: { type: "layers", diff_ids: [layer.digest] } }));
  const manifest = {
    schemaVersion: 2,
    mediaType: types.oci.manifest,
    config: await target.putBlob(config, types.oci.config),
    layers: [{ ...layer, annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" } }],
  };
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": image.digest,
  };
  return { ...(await target.putManifest(manifest, types.oci.manifest, undefined)), annotations, platform };
}

/** After it the tag is unknown, as are all tags of the same digest: the registry deletes manifests, not tags. */
export async function deleteTag(
  registryUrl: string,
  repository: string,
  tag: string,
  options: { readonly auth?: Credentials } = {},
): Promise<void> {
  const target = openRepository(registryUrl, repository, options.auth);
  const digest = await target.resolve(tag);
  if (digest !== undefined) await target.deleteManifest(digest);
}
