import type { Platform } from "../../control/ports/registry.js";

/** The kernel's machine names (GET /info) in the words of image manifests. */
const machines: Readonly<Record<string, Pick<Platform, "architecture" | "variant">>> = {
  x86_64: { architecture: "amd64", variant: undefined },
  i386: { architecture: "386", variant: undefined },
  i686: { architecture: "386", variant: undefined },
  aarch64: { architecture: "arm64", variant: undefined },
  armv8l: { architecture: "arm", variant: "v7" },
  armv7l: { architecture: "arm", variant: "v7" },
  armv6l: { architecture: "arm", variant: "v6" },
  armv5l: { architecture: "arm", variant: "v5" },
};

export function platformOf(info: { readonly OSType?: string; readonly Architecture?: string }): Platform {
  const machine = info.Architecture ?? "";
  return { os: info.OSType ?? "linux", ...(machines[machine] ?? { architecture: machine, variant: undefined }) };
}
