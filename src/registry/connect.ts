import { formatImage, type Digest, type ImageReference } from "../compose/values/image.js";
import type { Clock } from "../control/ports/clock.js";
import type { ImageContent, Registry, RegistryCredentials } from "../control/ports/registry.js";
import { BoundedMap } from "../tools/sharing/bounded-map.js";
import { endpointsOf, originOf, type Asked } from "./client/endpoint.js";
import type { LaneWidths } from "./client/lane.js";
import type { RegistrySettings } from "./client/settings.js";
import { type ProxyFor, Transport } from "./client/transport.js";
import { findContent, findParts, type Found } from "./content/content.js";
import { madeAt } from "./content/made-at.js";
import { moveTag } from "./content/move.js";
import { listTags } from "./content/tags.js";
import { announcedDigest, mediaTypeOf, computedDigest, verifyBody } from "./content/manifest.js";
import { formatPlatform } from "./content/platform.js";
import { Reader } from "./content/reader.js";
import { readSignatures } from "./content/signatures.js";
import type { Subject } from "./faults/failure.js";
import { Reporter, type RegistryTelemetry } from "./faults/reporter.js";
import { Circuits } from "./hosts/circuits.js";
import { Mirrors } from "./hosts/mirrors.js";
import { Paces } from "./hosts/paces.js";
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
  /** Somebody waits for whatever is asked: nothing is put off because a registry counts. Default: no. */
  readonly hurried?: boolean;
  /** Default: this machine's. */
  readonly clock?: Clock;
}

/** A registry client with a lifetime. */
export interface RegistryConnection extends Registry {
  /** Forgets tokens, what helpers said, and how registries let readers in. Contents stay: they cannot change. */
  invalidate(): void;
  /** Cuts every connection; questions under way fail. */
  close(): Promise<void>;
}

const mostContents = 1000;
const ownClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
const requestsPerHost: LaneWidths = { quick: 4, slow: 2, slowMs: 1000 };

/** Opens nothing: hosts are connected to when they are first asked. */
export function connectRegistry(options: RegistryOptions): RegistryConnection {
  const { settings, dockerConfig, telemetry, userAgent = "fairlead", timeoutMs = 10_000 } = options;
  const { clock = ownClock, hurried = false } = options;
  const { atOnce, proxyFor, certificates = "/etc/docker/certs.d" } = options;
  const transport = new Transport({ timeoutMs, userAgent, widths: requestsPerHost, atOnce, proxyFor, certificates });
  const config = new DockerConfig(dockerConfig, options.helperEnvironment, () => clock.monotonic());
  const credentials = (registry: string): Promise<RegistryCredentials | undefined> => config.credentials(registry);
  const paces = new Paces(telemetry, clock, hurried);
  const correspondence = new Correspondence(transport, settings, new Reporter(telemetry, paces));
  const authority = new Authority((...letter) => correspondence.askElsewhere(...letter), credentials, clock);
  const circuits = new Circuits(correspondence, telemetry, clock);
  const reader = new Reader(circuits, authority, () => clock.now());
  const mirrors = new Mirrors(telemetry, clock);
  const contents = new BoundedMap<string, Promise<ImageContent>>(mostContents);
  const times = new BoundedMap<string, Promise<number | undefined>>(mostContents);

  const hosts = new Map<string, ReturnType<typeof endpointsOf>>();
  /** They are the settings' word, which stays. */
  const hostsOf = (registry: string, asked: Asked) => {
    const known = hosts.get(`${asked} ${registry}`);
    if (known !== undefined) return known;
    const found = endpointsOf(registry, settings, asked);
    hosts.set(`${asked} ${registry}`, found);
    return found;
  };

  /** Asks its mirrors, as far as they may be asked, and the registry at last. */
  const inTurn = <T>(asked: Asked, about: Omit<Subject, "endpoint">, ask: (subject: Subject) => Promise<T>) =>
    mirrors.inTurn(hostsOf(about.image.registry, asked), (endpoint) => ask({ ...about, endpoint }));

  /** Of what moves: it is looked at again and again. */
  const inItsTurn = <T>(
    method: "HEAD" | "GET",
    about: Omit<Subject, "endpoint">,
    ask: (subject: Subject) => Promise<T>,
  ) =>
    inTurn("tags", about, (subject) => {
      const question = `${subject.endpoint.host} ${method} ${formatImage(about.image)}`;
      return paces.run({ subject, method, question }, () => ask(subject));
    });

  /** Reads manifests that belong to a digest. */
  const manifests = (image: ImageReference, digest: Digest) => (one: Digest) =>
    inTurn("contents", { image: { ...image, digest }, urgent: false }, (subject) => verified(reader, one, subject));

  const content: Registry["content"] = (image, digest, platform) =>
    keptIn(contents, `${digest} ${formatPlatform(platform)}`, () =>
      findContent(manifests(image, digest), digest, platform),
    );

  return {
    async resolve(image, urgent = false) {
      const { digest, tag = "latest" } = image;
      return digest ?? inItsTurn("HEAD", { image, urgent }, (subject) => resolveTag(reader, tag, subject));
    },
    content,
    listTags: (image, urgent = false) =>
      inItsTurn("GET", { image: { ...image, tag: undefined, digest: undefined }, urgent, about: "tags" }, (subject) =>
        listTags(reader, subject),
      ),
    madeAt: (image, digest, platform) =>
      keptIn(times, `${digest} ${formatPlatform(platform)}`, async () => {
        const { config } = await content(image, digest, platform);
        return inTurn("contents", { image: { ...image, digest }, urgent: false }, async (subject) =>
          madeAt(await reader.blob(config, subject), config, subject),
        );
      }),
    // They may come at any time, as a tag may move.
    signatures: (image, digest, take) =>
      inTurn("tags", { image: { ...image, digest }, urgent: false }, (subject) =>
        readSignatures(reader, digest, take, subject),
      ),
    parts: (image, digest, platform) => findParts(manifests(image, digest), digest, platform),
    moveTag: (image, tag, digest) => {
      const subject = { image, endpoint: originOf(image.registry, settings), urgent: false };
      return moveTag(reader, { tag, digest }, subject, clock.now());
    },
    credentials,
    invalidate() {
      authority.forget();
      config.forget();
    },
    close: () => {
      paces.close();
      circuits.close();
      return transport.close();
    },
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

/** Whatever host has given it. */
async function verified(reader: Reader, digest: Digest, subject: Subject): Promise<Found> {
  const answer = await reader.get(digest, subject);
  verifyBody(answer, digest, subject);
  return { answer, subject };
}
