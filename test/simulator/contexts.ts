import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import type { Contexts, OpenContext } from "../../src/control/ports/builds.js";
import { FairleadError } from "../../src/errors.js";

export type Files = Readonly<Record<string, string>>;

/** An archive of these files that a build can be given. */
export function contextOf(files: Files, dockerfile = "Dockerfile"): OpenContext {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return { archive: Readable.from(archive), dockerfile, registries: [], close: () => Promise.resolve() };
}

/** Folders in memory, by their path. */
export class MemoryContexts implements Contexts {
  readonly folders = new Map<string, Files>();
  identified = 0;

  identify: Contexts["identify"] = ({ context }) => {
    this.identified += 1;
    const files = this.folders.get(context.kind === "path" ? context.path : context.url);
    if (files === undefined) return Promise.reject(new FairleadError("BuildFailed", "the context does not exist"));
    return Promise.resolve(createHash("sha256").update(JSON.stringify(files)).digest("hex"));
  };

  open: Contexts["open"] = async (build, identity) => {
    if ((await this.identify(build)) !== identity) throw new FairleadError("BuildFailed", "the context has changed");
    const { context } = build;
    return contextOf(this.folders.get(context.kind === "path" ? context.path : context.url) ?? {});
  };
}
