import { join, relative, resolve } from "node:path";
import { formatYaml } from "../../compose/document/yaml/yaml.js";
import { FairleadError } from "../../errors.js";
import { given } from "../../tools/present.js";
import type { Owner } from "../shared/new-files.js";
import type { Answers, Place } from "./questions.js";

/** Where everything lies. All paths are absolute: whoever reads them may be elsewhere. */
export interface Layout {
  readonly folder: string;
  /** Which is written, unless it was there before. */
  readonly services: string;
  readonly isWritten: boolean;
  readonly settings: string;
  readonly secrets: string;
  /** Who has to be able to read what is private; undefined: whoever sets it up. */
  readonly owner: Owner | undefined;
}

/** The image's own user. */
const imageUser: Owner = { uid: 1000, gid: 1000 };

/** Prometheus' image runs as this one. */
export const prometheusUser: Owner = { uid: 65534, gid: 65534 };

export const packagedFolder = "/etc/fairlead";

/** The unit and the image say so in FAIRLEAD_DATA, which counts before the settings. */
const packagedData = "/var/lib/fairlead";

export interface Folders {
  readonly dir?: string;
  readonly data?: string;
}

/** Throws FairleadError ConfigInvalid where that cannot work. */
export function layoutOf(
  { services, place }: Answers,
  { dir, data }: Folders,
  { uid = 0 }: { readonly uid: number | undefined },
): Layout {
  const base = resolve(dir ?? (place === "terminal" ? "." : packagedFolder));
  if (place !== "terminal" && data !== undefined) {
    refuseOther(
      "--data",
      resolve(data),
      packagedData,
      `the ${place === "systemd" ? "unit" : "image"} keeps its journal in`,
    );
  }
  if (place === "systemd") refuseOther("--dir", base, packagedFolder, "the unit looks for its settings in");
  const isWritten = services === "running" || services === "example";
  const file = isWritten ? join(base, "services.yaml") : resolve(services);
  if (place === "container") {
    refuseStranger(uid);
    refuseOutside(file, base);
  }
  return {
    folder: base,
    services: file,
    isWritten,
    settings: join(base, "fairlead.yaml"),
    secrets: join(base, "secrets"),
    owner: place === "container" && uid === 0 ? imageUser : undefined,
  };
}

function refuseOther(flag: string, folder: string, packaged: string, why: string): void {
  if (folder === packaged) return;
  throw new FairleadError("ConfigInvalid", `${flag}: ${why} ${packaged}, and would not see ${folder}`, {
    remedy: `leave ${flag} out`,
  });
}

function refuseStranger(uid: number): void {
  if (uid === 0 || uid === imageUser.uid) return;
  throw new FairleadError(
    "ConfigInvalid",
    `--run container: the secrets have to belong to user ${imageUser.uid}, whom the image runs as, and this is user ${uid}`,
    { remedy: "run it as root (sudo)" },
  );
}

function refuseOutside(file: string, folder: string): void {
  if (!relative(folder, file).startsWith("..")) return;
  throw new FairleadError("ConfigInvalid", `--services: the container sees ${folder} alone, and ${file} lies outside`, {
    remedy: "name with --dir a folder that holds the file and all that it mounts",
  });
}

export interface Wanted {
  readonly data?: string;
  /** Where the internet reaches the hooks. */
  readonly url?: string;
  /** As the settings file has it; absent: plain HTTP. */
  readonly tls?: string;
}

/** What the settings file says. The container has a token, because its admin address is no loopback. */
export function settingsText({ services, secrets }: Layout, place: Place, { data, url, tls }: Wanted): string {
  const told = {
    file: services,
    hookSecretFile: join(secrets, "hook-secret"),
    ...(place === "container" ? { adminTokenFile: join(secrets, "admin-token") } : {}),
    ...given({ externalUrl: url, tls }),
    ...(data === undefined ? {} : { data: resolve(data) }),
  };
  return `# Written by \`fairlead setup\`. docs/configuration.md lists every key.\n${formatYaml(told)}`;
}
