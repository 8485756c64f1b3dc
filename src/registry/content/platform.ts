import type { Platform } from "../../control/ports/registry.js";

const architectures: Readonly<Record<string, Partial<Platform>>> = {
  x86_64: { architecture: "amd64" },
  "x86-64": { architecture: "amd64" },
  aarch64: { architecture: "arm64" },
  armhf: { architecture: "arm", variant: "v7" },
  armv7l: { architecture: "arm", variant: "v7" },
  armv6l: { architecture: "arm", variant: "v6" },
  i386: { architecture: "386" },
  i686: { architecture: "386" },
};

/**
 * The entry of an index that an engine on `host` takes: the first of the most fitting platform, in containerd's order of
 * preference (a newer variant before an older one; 32-bit only where there is no 64-bit). Undefined: none can run there.
 * Attestations (`unknown/unknown`) never fit.
 */
export function choosePlatform<T extends { readonly platform?: Platform | undefined }>(
  entries: readonly T[],
  host: Platform,
): T | undefined {
  for (const wanted of preferences(host)) {
    const found = entries.find(({ platform }) => platform !== undefined && formatPlatform(platform) === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an engine on `host` might take what is for this platform: rather too often than not often enough. */
export function runsOn(platform: Platform, host: Platform): boolean {
  const { os, architecture } = normalise(platform);
  const own = normalise(host);
  const others = own.architecture === "amd64" ? ["386"] : own.architecture === "arm64" ? ["arm"] : [];
  return os === own.os && [own.architecture, ...others].includes(architecture);
}

/** `linux/amd64`, `linux/arm/v7`: the spelling that equal platforms share. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = normalise(platform);
  return [os, architecture, variant].filter((part) => part !== undefined).join("/");
}

/** What runs on the host, the best first. */
function preferences(host: Platform): readonly string[] {
  const { os, architecture, variant } = normalise(host);
  const spell = (name: string, versions: readonly number[]): string[] =>
    versions.map((version) => formatPlatform({ os, architecture: name, variant: `v${version}` }));
  switch (architecture) {
    case "amd64":
      return [...spell("amd64", down(versionOf(variant, 1), 1)), `${os}/386`];
    case "arm64":
      return [...spell("arm64", down(versionOf(variant, 8), 8)), ...spell("arm", down(8, 5))];
    case "arm":
      return spell("arm", down(versionOf(variant, 7), 5));
    default:
      return [formatPlatform(host)];
  }
}

/** The variant that goes without saying is left out, as in `amd64` for `amd64/v1`; only `arm` always says it. */
function normalise({ os, architecture, variant }: Platform): Platform {
  const lower = architecture.toLowerCase();
  const alias = architectures[lower];
  const name = alias?.architecture ?? lower;
  const written =
    variant === undefined || variant === "" ? alias?.variant : variant.toLowerCase().replace(/^(\d)/, "v$1");
  const silent = (name === "amd64" && written === "v1") || (name === "arm64" && written === "v8");
  const spoken = name === "arm" ? (written ?? "v7") : written;
  return { os: os.toLowerCase(), architecture: name, variant: silent ? undefined : spoken };
}

function versionOf(variant: string | undefined, fallback: number): number {
  const version = Number(/^v(\d+)/.exec(variant ?? "")?.[1] ?? fallback);
  return Math.min(version, 20);
}

function down(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(from - to + 1, 0) }, (_, index) => from - index);
}
