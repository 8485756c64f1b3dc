import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import ts from "typescript";
import { machinePlatform } from "../sandbox/registry/image.js";
import { digestOf, openRepository, type Descriptor } from "../sandbox/registry/push.js";
import { programLayer } from "../sandbox/registry/sample.js";
import { packTar } from "../sandbox/host/tar.js";
import type { ServerBehaviour } from "./server.js";

export interface SampleImage {
  readonly version: string;
  /** `exit`: it ends at once with code 1. */
  readonly behaviour: ServerBehaviour | "exit";
}

export interface ImageShop {
  /**
   * The load's server in an image on port 8080, with a health check; the tag stands for it from now on. Always a new
   * digest, with a small new layer. Answers the digest.
   */
  publish(tag: string, image: SampleImage): Promise<string>;
  /** What the tag stands for. */
  digest(tag: string): string | undefined;
}

export interface ShopOptions {
  /** Default 500 ms. */
  readonly healthIntervalMs?: number;
}

const compress = promisify(gzip);
const program = "/usr/local/bin/node";
const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** Node is large: it is packed and pushed once, and images of this repository share it. */
export async function openImageShop(
  registryUrl: string,
  repository: string,
  { healthIntervalMs = 500 }: ShopOptions = {},
): Promise<ImageShop> {
  const target = openRepository(registryUrl, repository, undefined);
  const put = async (tar: Buffer): Promise<Layer> => ({
    diff: digestOf(tar),
    blob: await target.putBlob(await compress(tar, { level: 1 }), types.layer),
  });
  const base = [await put(await programLayer()), await put(await nodeLayer())];
  const sources = await appFiles();
  const digests = new Map<string, string>();
  return {
    digest: (tag) => digests.get(tag),
    publish: async (tag, image) => {
      const content = JSON.stringify({ ...image, nonce: randomBytes(16).toString("hex") });
      const layers = [...base, await put(packTar([...sources, { path: "app/sample.json", content }]))];
      const config = {
        ...machinePlatform(),
        created: new Date().toISOString(),
        config: runs(healthIntervalMs),
        rootfs: { type: "layers", diff_ids: layers.map(({ diff }) => diff) },
      };
      const manifest = {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: await target.putBlob(Buffer.from(JSON.stringify(config)), types.config),
        layers: layers.map(({ blob }) => blob),
      };
      const { digest } = await target.putManifest(manifest, types.manifest, tag);
      digests.set(tag, digest);
      return digest;
    },
  };
}

interface Layer {
  /** Of what is inside, before compression. */
  readonly diff: string;
  readonly blob: Descriptor;
}

function runs(healthIntervalMs: number): object {
  return {
    Entrypoint: [program, "/app/program.js"],
    Env: ["PATH=/usr/local/bin:/bin"],
    ExposedPorts: { "8080/tcp": {} },
    Healthcheck: {
      Test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"],
      Interval: healthIntervalMs * 1_000_000,
      Timeout: 2_000_000_000,
      Retries: 3,
    },
  };
}

/** The sources beside this one that run in the image, without their types. */
async function appFiles() {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const files = ["program", "server", "answer"].map(async (name) => {
    const source = await readFile(new URL(`${name}.ts`, import.meta.url), "utf8");
    return { path: `app/${name}.js`, content: ts.transpileModule(source, { compilerOptions }).outputText };
  });
  return [...(await Promise.all(files)), { path: "app/package.json", content: '{"type":"module"}' }];
}

async function nodeLayer(): Promise<Buffer> {
  const files = [{ path: program, from: process.execPath }];
  for (const path of await librariesOf(process.execPath)) files.push({ path, from: path });
  return packTar(
    await Promise.all(
      files.map(async ({ path, from }) => ({ path: path.slice(1), content: await readFile(from), executable: true })),
    ),
  );
}

/** As `ldd` names them, each at the place where the loader looks for it. */
async function librariesOf(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [file]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!).filter((path) => existsSync(path));
}
