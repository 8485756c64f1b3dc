import { realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import type { BuildSpec } from "../compose/model/container/build-spec.js";
import type { Contexts, OpenContext } from "../control/ports/builds.js";
import { FairleadError } from "../errors.js";
import { archiveOf } from "./archive.js";
import { registriesIn } from "./bases.js";
import { checkOut, commitOf } from "./checkout.js";
import { contextFault } from "./fault.js";
import { Fingerprints } from "./fingerprints.js";
import { readFolder } from "./folder.js";
import type { Folder } from "./folder.js";
import type { Environment } from "./git.js";

export interface ContextsOptions {
  /** A folder of our own for checkouts; what an earlier process left there goes. */
  readonly scratch: string;
  /** All that git is given: proxies, the agent of ssh keys. */
  readonly environment: Environment;
}

/** Of git, each with its pipes. A repository that does not answer holds its place for half a minute. */
const programsAtOnce = 4;
const readingsAtOnce = 4;

/** The contexts of builds: folders that this process can see, and git repositories it can reach. */
export function openContexts({ scratch, environment }: ContextsOptions): Contexts {
  const fingerprints = new Fingerprints();
  const programs = new PQueue({ concurrency: programsAtOnce });
  const readings = new PQueue({ concurrency: readingsAtOnce });
  const first: { clearing: Promise<void> | undefined } = { clearing: undefined };
  return {
    identify: async (build) => {
      const { context } = build;
      if (context.kind === "git") return programs.add(() => commitOf(context, environment));
      const { path } = context;
      return readings.add(() => guarded(path, async () => fingerprints.of(await readFolder(path, build))));
    },
    open: async (build, identity, signal) => {
      const { context } = build;
      if (context.kind === "path") {
        const { path } = context;
        const folder = await guarded(path, () => readFolder(path, build));
        if ((await guarded(path, () => fingerprints.of(folder))) !== identity) {
          throw new FairleadError("BuildFailed", `${path} has changed since it was looked at`);
        }
        return opened(folder, build, () => Promise.resolve());
      }
      await (first.clearing ??= rm(scratch, { recursive: true, force: true }));
      const { root, remove } = await checkOut(context, identity, { scratch, environment, signal });
      try {
        await refuseEscape(root, build);
        const folder = await guarded(root, () => readFolder(root, build));
        return opened(folder, build, remove);
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

function opened(folder: Folder, build: BuildSpec, remove: () => Promise<void>): OpenContext {
  const archive = archiveOf(folder);
  return {
    archive,
    dockerfile: folder.dockerfile.path,
    registries: registriesIn(folder.dockerfile.text, build.args),
    close: async () => {
      archive.destroy();
      await remove();
    },
  };
}

/** A Dockerfile that is a link out of its repository would send one of our own files to the builder. */
async function refuseEscape(root: string, { dockerfile = "Dockerfile", inline }: BuildSpec): Promise<void> {
  for (const name of inline === undefined
    ? [dockerfile, `${dockerfile}.dockerignore`, ".dockerignore"]
    : [".dockerignore"]) {
    const real = await realpath(join(root, name)).catch(() => root);
    if (real === root || real.startsWith(`${root}/`)) continue;
    throw new FairleadError("BuildFailed", `${name} leads out of the repository`, { retry: "never" });
  }
}

async function guarded<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw contextFault(root, error);
  }
}
