import { z } from "zod";
import { Connection } from "../client/connection.js";
import { resolveEndpoint } from "../client/endpoint.js";
import type { EndpointOptions } from "../client/endpoint.js";
import { refused } from "../client/refusal.js";
import type { VersionReport } from "../client/version.js";

/** What an engine says of itself. */
export interface EngineAbout {
  /** Its address, for messages. */
  readonly address: string;
  readonly product: string;
  readonly api: string;
  /** What its clock said, to the second. Undefined: it did not say. */
  readonly date: string | undefined;
  /** Where it keeps images, on its own host. */
  readonly folder: string;
  readonly images: number;
  readonly isLocal: boolean;
  readonly warnings: readonly string[];
}

const text = z.string().nullish();
const versionShape = z.looseObject({ Version: text });
const infoShape = z.looseObject({
  ...{ Images: z.number().nullish(), DockerRootDir: text, Warnings: z.array(z.string()).nullish() },
});

const timeoutMs = 10_000;

/** Asks it over a connection of its own. Throws FairleadError `EngineUnreachable`, `EngineTooOld`, `EngineRefused`. */
export async function aboutEngine(options: EndpointOptions): Promise<EngineAbout> {
  const connection = new Connection(resolveEndpoint(options));
  const task = "ask what it is";
  try {
    const [{ answer, date }, info, podman, api] = await Promise.all([
      connection.askDated({ method: "GET", path: "/version", task, timeoutMs }, versionShape),
      connection.ask({ method: "GET", path: "/info", task, timeoutMs }, infoShape),
      connection.podman(),
      connection.version(),
    ]);
    const { Version = "of unknown version" } = answer as VersionReport;
    const { Images, DockerRootDir, Warnings } = info as z.infer<typeof infoShape>;
    return {
      address: connection.endpoint.name,
      product: podman === undefined ? `Docker Engine ${Version}` : `Podman ${podman}`,
      ...{ api, date, folder: DockerRootDir ?? "its data root", images: Images ?? 0 },
      isLocal: connection.endpoint.client.socketPath !== undefined,
      warnings: Warnings ?? [],
    };
  } catch (thrown) {
    throw refused(thrown);
  }
}

/** Undefined: it is reached over a network. Throws FairleadError `ConfigInvalid` for an address that cannot be used. */
export function socketOf(options: EndpointOptions): string | undefined {
  return resolveEndpoint(options).client.socketPath;
}
