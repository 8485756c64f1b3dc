import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publishLayers } from "../../sandbox/registry/image.js";
import type { PublishedImage } from "../../sandbox/registry/image.js";
import { packTar } from "../../sandbox/host/tar.js";
import { fillSystem } from "./base.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);

export interface FairleadImageOptions {
  readonly version: string;
  /** Loaded before the program: what is wrong with this version. */
  readonly preload?: string;
  /** In place of the program. */
  readonly entrypoint?: readonly string[];
}

/** Publishes versions of an image of the built program, `npm run build`, on this machine's own Node. */
export async function fairleadPublisher(
  registryUrl: string,
  repository: string,
): Promise<(options: FairleadImageOptions) => Promise<PublishedImage>> {
  const tars = [await systemLayer(), await programLayer()];
  return ({ version, preload = "", entrypoint = ["node", "--require", "/preload.cjs", "/app/dist/main.js"] }) => {
    const own = packTar([
      { path: "preload.cjs", content: preload },
      { path: "version", content: version },
    ]);
    const config = {
      Entrypoint: entrypoint,
      Cmd: ["run"],
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"],
      Labels: { "org.opencontainers.image.version": version },
      Volumes: { "/var/lib/fairlead": {} },
    };
    return publishLayers(registryUrl, repository, "latest", { tars: [...tars, own], config });
  };
}

async function systemLayer(): Promise<Buffer> {
  const folder = await mkdtemp(`${tmpdir()}/fairlead-system-`);
  try {
    await fillSystem(folder);
    return await tar(folder, ["."]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With the packages that it needs to run, and no others. */
async function programLayer(): Promise<Buffer> {
  const { stdout } = await run("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: root, maxBuffer: 1 << 24 });
  const packages = stdout
    .trim()
    .split("\n")
    .map((path) => relative(root, path))
    // What lies within another one comes with it: an engine takes no path twice.
    .filter((path) => path.startsWith("node_modules/") && !path.slice(1).includes("/node_modules/"));
  return tar(root, ["--transform=s,^,app/,", "dist", "package.json", ...packages]);
}

async function tar(folder: string, args: readonly string[]): Promise<Buffer> {
  const options = ["-C", folder, "--owner=0", "--group=0", "--sort=name", "-cf", "-"];
  const { stdout } = await run("tar", [...options, ...args], { encoding: "buffer", maxBuffer: 1 << 30 });
  return stdout;
}
