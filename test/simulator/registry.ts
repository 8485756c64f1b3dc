import { formatImage } from "../../src/compose/values/image.js";
import type { Digest } from "../../src/compose/values/image.js";
import type { Registry } from "../../src/control/ports/registry.js";
import { FairleadError } from "../../src/errors.js";
import type { SignatureMaterial } from "../../src/signatures/material.js";

/** A registry in memory that counts what it is asked; a tag without a digest is missing, `down` answers nothing. */
export class MemoryRegistry implements Registry {
  readonly tags = new Map<string, Digest>();
  readonly asked: string[] = [];
  /** The repositories whose tags were listed. */
  readonly listed: string[] = [];
  /** What may be signatures of digests, and of which digests somebody has asked for them. */
  readonly beside = new Map<Digest, readonly SignatureMaterial[]>();
  readonly searched: Digest[] = [];
  /** The images in indexes. */
  readonly indexes = new Map<Digest, readonly Digest[]>();
  /** When the images of digests were made. */
  readonly made = new Map<Digest, number>();
  /** `repository@digest` of all that was pushed. */
  readonly kept = new Set<string>();
  /** `tag digest` of each tag that was moved, in turn. */
  readonly moved: string[] = [];
  /** Why tags cannot be moved, by their names. */
  readonly refusals = new Map<string, FairleadError>();
  /** Each move waits for it, before and after it is done. */
  around: ((moment: "before" | "after") => Promise<void>) | undefined;
  down: FairleadError | "hangs" | undefined;

  constructor(private readonly later: (ms: number, callback: () => void) => void) {}

  /** A push. */
  publish(name: string, digest: Digest): Digest {
    this.tags.set(name, digest);
    this.kept.add(`${name.slice(0, name.lastIndexOf(":"))}@${digest}`);
    return digest;
  }

  resolve: Registry["resolve"] = (image) => {
    const name = formatImage(image);
    this.asked.push(name);
    if (this.down === "hangs") {
      const { later } = this;
      return new Promise((_resolve, reject) => {
        later(10_000, () => {
          reject(new FairleadError("RegistryUnavailable", "no answer within 10s"));
        });
      });
    }
    if (this.down !== undefined) return Promise.reject(this.down);
    const digest = this.tags.get(name);
    return digest === undefined
      ? Promise.reject(new FairleadError("ImageNotFound", `${name} is not there`))
      : Promise.resolve(digest);
  };
  listTags: Registry["listTags"] = ({ registry, repository }) => {
    const prefix = `${registry}/${repository}:`;
    this.listed.push(prefix.slice(0, -1));
    if (this.down instanceof FairleadError) return Promise.reject(this.down);
    const names = [...this.tags.keys()].filter((name) => name.startsWith(prefix));
    return Promise.resolve(names.map((name) => name.slice(prefix.length)));
  };
  madeAt: Registry["madeAt"] = (_image, digest) => Promise.resolve(this.made.get(digest));
  content: Registry["content"] = (_image, digest) => Promise.resolve({ manifest: digest, config: digest });
  signatures: Registry["signatures"] = (_image, digest, take) => {
    this.searched.push(digest);
    if (this.down instanceof FairleadError) return Promise.reject(this.down);
    const found = this.beside.get(digest) ?? [];
    const last = found.findIndex(take);
    return Promise.resolve({ read: last < 0 ? found.length : last + 1, more: false });
  };
  parts: Registry["parts"] = (_image, digest) => Promise.resolve(this.indexes.get(digest) ?? []);
  moveTag: Registry["moveTag"] = async ({ registry, repository }, tag, digest) => {
    const repositoryName = `${registry}/${repository}`;
    const name = `${repositoryName}:${tag}`;
    this.asked.push(`move ${name}`);
    await this.around?.("before");
    if (this.down instanceof FairleadError) throw this.down;
    const refusal = this.refusals.get(name);
    if (refusal !== undefined) throw refusal;
    const from = this.tags.get(name);
    if (from === digest) return { from };
    if (!this.kept.has(`${repositoryName}@${digest}`)) {
      throw new FairleadError("ImageNotFound", `${repositoryName}@${digest} is not there`);
    }
    this.tags.set(name, digest);
    this.moved.push(`${name} ${digest}`);
    await this.around?.("after");
    return { from };
  };
  credentials: Registry["credentials"] = () => Promise.resolve(undefined);
}
