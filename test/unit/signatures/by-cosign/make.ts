/*
 * Makes the files beside it: images, and signatures that cosign itself has made of them. ROOT is a folder with cosign in it
 * (`mmdebstrap --variant=minbase --include=cosign,ca-certificates forky ROOT`). The keys are thrown away: nothing else is signed by them.
 * usage: npx tsx test/unit/signatures/by-cosign/make.ts ROOT
 */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openRepository, type Descriptor } from "../../../sandbox/registry/push.js";
import { startRegistry } from "../../../sandbox/registry/registry.js";
import type { Stored } from "./stored.js";

const run = promisify(execFile);
const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("usage: make.ts ROOT");

const index = "application/vnd.oci.image.index.v1+json";
const image = "application/vnd.oci.image.manifest.v1+json";
const here = fileURLToPath(new URL(".", import.meta.url));
const registry = await startRegistry();
const keys = await mkdtemp(join(root, "tmp", "keys-"));
const inside = (name: string) => `/tmp/${basename(keys)}/${name}`;
const cosign = (...args: string[]) =>
  run("chroot", [root, "env", "COSIGN_PASSWORD=", "HOME=/tmp", "cosign", ...args], { maxBuffer: 16 << 20 });

try {
  const repository = openRepository(registry.url, "shop/web", undefined);
  const manifests: Record<string, Stored["manifests"][string]> = {};
  const blobs: Record<string, string> = {};

  async function build(name: string): Promise<Descriptor> {
    const about = { architecture: "amd64", os: "linux", config: { Labels: { name } } };
    const rootfs = { type: "layers", diff_ids: [] };
    const config = await repository.putBlob(
      Buffer.from(JSON.stringify({ ...about, rootfs })),
      "application/vnd.oci.image.config.v1+json",
    );
    return repository.putManifest({ schemaVersion: 2, mediaType: image, config, layers: [] }, image, name);
  }

  async function sign(digest: string, key: string, format: "bundle" | "simple"): Promise<void> {
    const offline = ["--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry"];
    const form = `--new-bundle-format=${format === "bundle"}`;
    await cosign(
      "sign",
      "--yes",
      "--key",
      inside(`${key}.key`),
      ...offline,
      form,
      `${registry.host}/shop/web@${digest}`,
    );
  }

  for (const key of ["release", "other"]) {
    await cosign("generate-key-pair", "--output-key-prefix", inside(key));
    await copyFile(join(keys, `${key}.pub`), join(here, `${key}.pub`));
  }
  const names = ["bundle", "simple", "both", "unsigned", "rotated"];
  const images: Record<string, string> = {};
  for (const name of names) images[name] = (await build(name)).digest;
  await sign(images["bundle"]!, "release", "bundle");
  await sign(images["simple"]!, "release", "simple");
  await sign(images["both"]!, "release", "simple");
  await sign(images["both"]!, "release", "bundle");
  await sign(images["rotated"]!, "other", "bundle");
  await sign(images["rotated"]!, "release", "bundle");
  const platform = { os: "linux", architecture: "amd64" };
  const part = await build("part");
  const parts = { schemaVersion: 2, mediaType: index, manifests: [{ ...part, platform }] };
  images["index"] = (await repository.putManifest(parts, index, "index")).digest;
  images["part"] = part.digest;
  await sign(part.digest, "release", "bundle");

  async function take(reference: string): Promise<boolean> {
    if (Object.hasOwn(manifests, reference)) return true;
    const answer = await fetch(`${registry.url}/v2/shop/web/manifests/${reference}`, {
      headers: { accept: `${index}, ${image}` },
    });
    if (!answer.ok) return false;
    const body = await answer.text();
    manifests[reference] = { mediaType: answer.headers.get("content-type") ?? "", body };
    const { manifests: entries = [], layers = [], config } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    for (const { digest } of entries as Descriptor[]) await take(digest);
    for (const { digest } of [...(layers as Descriptor[]), ...(config === undefined ? [] : [config as Descriptor])]) {
      const blob = await fetch(`${registry.url}/v2/shop/web/blobs/${digest}`);
      blobs[digest] = Buffer.from(await blob.arrayBuffer()).toString("base64");
    }
    return true;
  }
  for (const digest of Object.values(images)) {
    await take(digest);
    for (const tag of [digest.replace(":", "-"), `${digest.replace(":", "-")}.sig`]) await take(tag);
  }
  const stored: Stored = { images, manifests, blobs };
  await writeFile(join(here, "stored.json"), `${JSON.stringify(stored, undefined, 2)}\n`);
} finally {
  await registry.stop();
  await rm(keys, { recursive: true, force: true });
}
