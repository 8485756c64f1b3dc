import type { ServiceSpec } from "../../compose/model/service.js";
import { asDigest, formatImage } from "../../compose/values/image.js";
import type { Digest, ImageReference, ImageVersion } from "../../compose/values/image.js";
import { asFairleadError } from "../../errors.js";
import type { RegistryTarget, UnknownTarget } from "../../plan/model/desired.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { Cached } from "../../tools/sharing/cached.js";
import type { Engine } from "../ports/engine.js";
import type { Platform, Registry } from "../ports/registry.js";
import type { PatientRegistry } from "./patience.js";
import { unknownBy } from "./reasons.js";

/** The digest behind each declared reference: asked once per look, whoever shares the reference. */
export class Digests {
  readonly #cache = new Map<string, Cached<Digest>>();
  /** Asked for by name since they were last asked for. */
  readonly #urgent = new Set<string>();
  readonly #platform: Cached<Platform>;

  constructor(
    private readonly registry: Registry & Partial<Pick<PatientRegistry, "insist">>,
    engine: Engine,
  ) {
    this.#platform = new Cached(() => engine.platform());
  }

  /** The next look asks the registry again. */
  invalidate(image: ImageReference): void {
    const name = formatImage(image);
    this.#cache.get(name)?.invalidate();
    this.#urgent.add(name);
  }

  /** As `invalidate`, for every tag of the image's repository. */
  invalidateTags({ registry, repository }: ImageReference): void {
    const names = [...this.#cache.keys()].filter((name) => name.startsWith(`${registry}/${repository}:`));
    for (const name of names) {
      this.#cache.get(name)?.invalidate();
      this.#urgent.add(name);
    }
  }

  /** The next look asks the registry even where it has asked for patience. */
  insist(image: ImageReference): void {
    this.registry.insist?.(image);
  }

  invalidateAll(): void {
    for (const cached of this.#cache.values()) cached.invalidate();
  }

  /** Never throws: a registry that cannot be asked is a fact like any other. */
  async resolve(
    image: ImageReference,
  ): Promise<{ readonly target: RegistryTarget | UnknownTarget; readonly retryAfterMs: number }> {
    const name = formatImage(image);
    try {
      const digest = await this.#cached(name, image).get();
      return { target: { known: true, digest, sameContent: [] }, retryAfterMs: 0 };
    } catch (thrown) {
      return unknownBy(thrown);
    }
  }

  #cached(name: string, image: ImageReference): Cached<Digest> {
    const known = this.#cache.get(name);
    if (known !== undefined) return known;
    const cached = new Cached(() => this.registry.resolve(image, this.#urgent.delete(name)));
    this.#cache.set(name, cached);
    return cached;
  }

  /** When a digest's image says that it was made, epoch ms; undefined: it does not say. Throws as `Registry`. */
  async madeAt(image: ImageReference, digest: Digest, declared: string | undefined): Promise<number | undefined> {
    return this.registry.madeAt(image, digest, await this.platformOf(declared));
  }

  /**
   * Whether `digest` amounts to what the container runs. A rebuilt index over the same platform manifest does; so does
   * a manifest that names the config the classic store knows the container's image by.
   */
  async isSameContent(
    { image, container: { platform: declared } }: ServiceSpec,
    digest: Digest,
    container: ObservedContainer,
  ): Promise<boolean> {
    const platform = await this.platformOf(declared);
    const wanted = await this.registry.content(image, digest, platform);
    const ids: readonly ImageVersion[] = [wanted.config, wanted.manifest];
    if (ids.includes(container.imageId)) return true;
    try {
      const running = await this.registry.content(image, asDigest(container.digest), platform);
      return running.manifest === wanted.manifest;
    } catch (thrown) {
      // The old digest may be gone from the registry; then only the host could have told.
      if (asFairleadError(thrown).code === "ImageNotFound") return false;
      throw thrown;
    }
  }

  async platformOf(declared: string | undefined): Promise<Platform> {
    return declared === undefined ? this.#platform.get() : parsePlatform(declared);
  }
}

function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, variant };
}
