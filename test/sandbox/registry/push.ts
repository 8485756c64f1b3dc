import { createHash } from "node:crypto";
import type { Digest } from "../../../src/compose/values/image.js";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

/** One repository of a registry that is written to. */
export interface Repository {
  /** Uploads what is not there yet. */
  putBlob(content: Buffer, mediaType: string): Promise<Descriptor>;
  /** Under a tag, or by its digest alone. */
  putManifest(manifest: object, mediaType: string, tag: string | undefined): Promise<Descriptor>;
  /** The digest a tag stands for; undefined if there is none. */
  resolve(tag: string): Promise<Descriptor["digest"] | undefined>;
  deleteManifest(digest: Descriptor["digest"]): Promise<void>;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

export function digestOf(content: Buffer): Descriptor["digest"] {
  return `sha256:${createHash("sha256").update(content).digest("hex")}` as Digest;
}

/** `registryUrl` without a path; `name` such as `notarock/portfolio-ng`. */
export function openRepository(registryUrl: string, name: string, credentials: Credentials | undefined): Repository {
  const base = `${registryUrl.replace(/\/$/, "")}/v2/${name}`;
  const authorization =
    credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  const call = async (method: string, url: string, accepted: readonly number[], type?: string, body?: Buffer) => {
    const headers: Record<string, string> = { accept: manifestTypes };
    if (authorization !== undefined) headers["authorization"] = authorization;
    if (type !== undefined) headers["content-type"] = type;
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    const text = await response.text();
    if (accepted.includes(response.status)) return response;
    const { origin, pathname } = new URL(url);
    throw new Error(`${method} ${origin}${pathname} answered ${response.status}: ${text.trim().slice(0, 300)}`);
  };
  return {
    putBlob: async (content, mediaType) => {
      const digest = digestOf(content);
      const descriptor = { mediaType, digest, size: content.length };
      if ((await call("HEAD", `${base}/blobs/${digest}`, [200, 404])).status === 200) return descriptor;
      const upload = await call("POST", `${base}/blobs/uploads/`, [202]);
      const target = new URL(upload.headers.get("location") ?? "", base);
      target.searchParams.set("digest", digest);
      await call("PUT", target.href, [201], "application/octet-stream", content);
      return descriptor;
    },
    putManifest: async (manifest, mediaType, tag) => {
      const content = Buffer.from(JSON.stringify(manifest));
      const digest = digestOf(content);
      await call("PUT", `${base}/manifests/${tag ?? digest}`, [201], mediaType, content);
      return { mediaType, digest, size: content.length };
    },
    resolve: async (tag) => {
      const response = await call("HEAD", `${base}/manifests/${tag}`, [200, 404]);
      const digest = response.headers.get("docker-content-digest");
      return response.status === 404 || digest === null ? undefined : (digest as Descriptor["digest"]);
    },
    deleteManifest: async (digest) => {
      await call("DELETE", `${base}/manifests/${digest}`, [202, 404]);
    },
  };
}
