import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { canonicalRegistry, registryOfKey, serverAddress } from "../../compose/values/registry-name.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { codeOf, readFault } from "../../tools/files/file-fault.js";
import { readPlain } from "../../tools/files/plain-file.js";
import { SingleFlight } from "../../tools/sharing/single-flight.js";
import { askHelper, type HelperEnvironment } from "./credential-helper.js";
import { readEntry, storedCredentials } from "./stored-credentials.js";

/** Nothing else of the file is kept: some tools write further secrets into it. */
const schema = z.object({
  auths: z.record(z.string(), z.unknown().transform(readEntry)).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

type ConfigFile = z.infer<typeof schema>;

/** Helpers are programs, some of which ask a cloud: one run serves the burst of questions of one resync. */
const helperAnswerMs = 60_000;

/**
 * Docker's config.json: `credHelpers` before `credsStore` before `auths`. The file is read again when it has changed, so
 * that `docker login` takes effect at the next question. Throws ConfigInvalid naming the file, never its content.
 */
export class DockerConfig {
  private readonly path: string;
  private read: { readonly version: string; readonly file: ConfigFile } | undefined;
  private readonly answers = new Map<
    string,
    { readonly until: number; readonly found: RegistryCredentials | undefined }
  >();
  private readonly flights = new SingleFlight<RegistryCredentials | undefined>();

  constructor(
    directory: string,
    private readonly environment: HelperEnvironment,
    private readonly now: () => number,
  ) {
    this.path = join(directory, "config.json");
  }

  async credentials(name: string): Promise<RegistryCredentials | undefined> {
    const registry = canonicalRegistry(name);
    const file = await this.current();
    if (file === undefined) return undefined;
    for (const helper of helpersFor(registry, file)) {
      const found = await this.fromHelper(helper, registry, file);
      if (found !== undefined) return found;
    }
    return storedCredentials(file.auths ?? {}, registry, this.path);
  }

  /** Helpers are asked anew. */
  forget(): void {
    this.answers.clear();
  }

  private fromHelper(helper: string, registry: string, file: ConfigFile): Promise<RegistryCredentials | undefined> {
    const key = `${helper} ${registry}`;
    const known = this.answers.get(key);
    if (known !== undefined && known.until > this.now()) return Promise.resolve(known.found);
    return this.flights.run(key, async () => {
      const found = await this.firstFound(helper, registry, spellings(registry, file));
      this.answers.set(key, { until: this.now() + helperAnswerMs, found });
      return found;
    });
  }

  private async firstFound(
    helper: string,
    registry: string,
    servers: readonly string[],
  ): Promise<RegistryCredentials | undefined> {
    for (const server of servers) {
      const found = await askHelper({ helper, server, registry }, this.environment);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private async current(): Promise<ConfigFile | undefined> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (this.read?.version === version) return this.read.file;
      const file = parseConfig((await readPlain(this.path)).toString("utf8"), this.path);
      // Another call has read it meanwhile: what has been answered since is of this version.
      if (this.read?.version === version) return this.read.file;
      this.answers.clear();
      this.read = { version, file };
      return file;
    } catch (thrown) {
      if (thrown instanceof FairleadError) throw thrown;
      const code = codeOf(thrown);
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      const { message, remedy } = readFault(this.path, thrown);
      throw new FairleadError("ConfigInvalid", `Docker's configuration file: ${message}`, { remedy, cause: thrown });
    }
  }
}

/** JSON.parse quotes what it stumbles over, so its error is not passed on. */
export function parseConfig(text: string, path: string): ConfigFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid(path, "is not valid JSON");
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const key = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw invalid(path, key === "" ? "is not a JSON object" : `has a value of the wrong type at ${key}`);
}

function invalid(path: string, what: string): FairleadError {
  return new FairleadError("ConfigInvalid", `Docker's configuration file ${path} ${what}`, {
    remedy: "Correct the file or its permissions, or write it anew with `docker login`.",
  });
}

/** A helper of its own, and the general store. */
function helpersFor(registry: string, { credHelpers, credsStore }: ConfigFile): readonly string[] {
  const own = Object.entries(credHelpers ?? {}).find(([key]) => registryOfKey(key) === registry)?.[1];
  return [...new Set([own ?? "", credsStore ?? ""])].filter((helper) => helper !== "");
}

/** Stores find what was put under the very same spelling: the canonical one, else one that `docker login` noted in `auths`. */
function spellings(registry: string, { auths }: ConfigFile): readonly string[] {
  const noted = Object.keys(auths ?? {}).filter((key) => registryOfKey(key) === registry);
  return [...new Set([serverAddress(registry), ...noted])];
}
