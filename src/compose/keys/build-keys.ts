import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const planned = { support: "planned" } as const;
const windows = { support: "refused", hint: "it exists for Windows containers only" } as const;

export const buildKeys = {
  context: supported,
  dockerfile: supported,
  dockerfile_inline: supported,
  args: supported,
  labels: supported,
  target: supported,
  network: supported,
  extra_hosts: supported,
  shm_size: supported,
  platforms: supported,
  no_cache: supported,
  pull: supported,
  cache_from: supported,
  tags: supported,
  additional_contexts: { support: "refused", hint: "copy from an image (`COPY --from`), or widen `context`" },
  cache_to: { support: "refused", hint: "the engine keeps its own cache" },
  entitlements: { support: "refused", hint: "the engine's builder grants none" },
  isolation: windows,
  privileged: { support: "refused", hint: "the engine's builder runs no privileged step" },
  provenance: { support: "refused", hint: "the engine's builder makes no attestations; remove it" },
  sbom: { support: "refused", hint: "the engine's builder makes no attestations; remove it" },
  secrets: planned,
  ssh: { support: "refused", hint: "fetch in a step before the build, or with a secret" },
  ulimits: { support: "refused", hint: "BuildKit takes none from the engine's interface" },
} as const satisfies KeyTable;
