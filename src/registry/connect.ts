import type { Digest, ImageReference } from "../compose/values/image.js";
import type { Clock } from "../control/ports/clock.js";
import type { ImageContent, Platform, Registry, RegistryCredentials } from "../control/ports/registry.js";
import { BoundedMap } from "../tools/bounded-map.js";
import { endpointOf } from "./client/endpoint.js";
import type { LaneWidths } from "./client/lane.js";
import type { RegistrySettings } from "./client/settings.js";
import { type ProxyFor, Transport, type Answer } from "./client/transport.js";
import { findContent } from "./content/content.js";
import { madeAt } from "./content/made-at.js";
import { listTags } from "./content/tags.js";
import { announcedDigest, mediaTypeOf, computedDigest, verifyBody } from "./content/manifest.js";
import { formatPlatform } from "./content/platform.js";
import { Reader } from "./content/reader.js";
import type { Subject } from "./faults/failure.js";
import { Reporter, type RegistryTelemetry } from "./faults/reporter.js";
import { Authority } from "./login/authority.js";
import { Correspondence } from "./login/correspondence.js";
import type { HelperEnvironment } from "./login/credential-helper.js";
import { DockerConfig } from "./login/docker-config.js";

export interface RegistryOptions {
  /** `registries:` of the settings file. */
  readonly settings: RegistrySettings;
  /** The folder of Docker's config.json (DOCKER_CONFIG, else `~/.docker`); the file need not exist. */
  readonly dockerConfig: string;
  /** All that credential helpers are given. */
  readonly helperEnvironment: HelperEnvironment;
  readonly telemetry: RegistryTelemetry;
  /** Sent as User-Agent. */
  readonly userAgent?: string;
  /** Per request; default 10 s. */
  readonly timeoutMs?: number;
  /** Default `/etc/docker/certs.d`. */
  readonly certificates?: string;
  /** Default: none. */
  readonly proxyFor?: ProxyFor | undefined;
  /** Requests under way at once; default 64. */
  readonly atOnce?: number;
  /** Default: this machine's. */
  readonly clock?: Pick<Clock, "now" | "monotonic">;
}

/** A registry client with a lifetime. */
export interface RegistryConnection extends Registry {
  /** Forgets tokens, what helpers said, and how registries let readers in. Contents stay: they cannot change. */
  invalidate(): void;
  /** Cuts every connection; questions under way fail. */
  close(): Promise<void>;
}

const mostContents = 1000;
const requestsPerHost: LaneWidths = { quick: 4, slow: 2, slowMs: 1000 };

/** Opens nothing: hosts are connected to when they are first asked. */
export function connectRegistry(options: RegistryOptions): RegistryConnection {
  const { settings, dockerConfig, telemetry, userAgent = "fairlead", timeoutMs = 10_000 } = options;
  const { clock = { now: () => Date.now(), monotonic: () => performance.now() } } = options;
  const { atOnce, proxyFor, certificates = "/etc/docker/certs.d" } = options;
  const transport = new Transport({ timeoutMs, userAgent, widths: requestsPerHost, atOnce, proxyFor, certificates });
  const config = new DockerConfig(dockerConfig, options.helperEnvironment, () => clock.monotonic());
  const credentials = (registry: string): Promise<RegistryCredentials | undefined> => config.credentials(registry);
  const correspondence = new Correspondence(transport, settings, new Reporter(telemetry));
  const authority = new Authority((...letter) => correspondence.askElsewhere(...letter), credentials, clock);
  const reader = new Reader(correspondence, authority, () => clock.now());
  const contents = new BoundedMap<string, Promise<ImageContent>>(mostContents);
  const times = new BoundedMap<string, Promise<number | undefined>>(mostContents);

  const subjectOf = (image: ImageReference, urgent = false): Subject => ({
    image,
    endpoint: endpointOf(image.registry, settings),
    urgent,
  });

  const content: Registry["content"] = (image, digest, platform) =>
    keptIn(contents, `${digest} ${formatPlatform(platform)}`, () =>
      contentOf(reader, digest, platform, subjectOf({ ...image, digest })),
    );

  return {
    async resolve(image, urgent) {
      return image.digest ?? resolveTag(reader, image.tag ?? "latest", subjectOf(image, urgent));
    },
    content,
    listTags: (image, urgent) =>
      listTags(reader, { ...subjectOf({ ...image, tag: undefined, digest: undefined }, urgent), about: "tags" }),
    madeAt: (image, digest, platform) =>
      keptIn(times, `${digest} ${formatPlatform(platform)}`, async () => {
        const { config } = await content(image, digest, platform);
        const subject = subjectOf({ ...image, digest });
        return madeAt(await reader.blob(config, subject), config, subject);
      }),
    credentials,
    invalidate() {
      authority.forget();
      config.forget();
    },
    close: () => transport.close(),
  };
}

/** What cannot change is asked for once; a failure is nobody's answer but the present callers'. */
function keptIn<T>(known: BoundedMap<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const found = ask();
  known.set(key, found);
  found.catch(() => {
    known.delete(key);
  });
  return found;
}

/** A HEAD does not count as a pull; a GET does, so it is the exception. */
async function resolveTag(reader: Reader, tag: string, subject: Subject): Promise<Digest> {
  const head = await reader.head(tag, subject);
  const announced = head === undefined ? undefined : announcedDigest(head);
  if (head !== undefined && announced !== undefined) {
    mediaTypeOf(head, subject);
    return announced;
  }
  const answer = await reader.get(tag, subject);
  mediaTypeOf(answer, subject);
  return computedDigest(answer, subject);
}

function contentOf(reader: Reader, wanted: Digest, platform: Platform, subject: Subject): Promise<ImageContent> {
  const read = async (digest: Digest): Promise<Answer> => {
    const answer = await reader.get(digest, subject);
    verifyBody(answer, digest, subject);
    return answer;
  };
  return findContent(read, wanted, platform, subject);
}
