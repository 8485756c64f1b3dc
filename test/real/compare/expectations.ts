import type { PeerName } from "./peers.js";

/** Files that ask for what older engines do not have, with the first API version that has it. */
export const minimumApi: Readonly<Record<string, string>> = {
  "network-lab": "1.48",
  storage: "1.48",
};

/** Files that a peer refuses, with the words of its complaint that say why. */
export const refusals: Readonly<Partial<Record<PeerName, Readonly<Record<string, string>>>>> = {
  "1.29": {
    agent: "Unsupported config option for services.agent: 'cgroup'",
    ai: "pull_policy value 'daily'",
    "ai-gpus": "Unsupported config option for services.comfyui: 'gpus'",
    backup: "secrets.restic value 'environment'",
    caddy: "configs.caddyfile value 'content'",
    "forge-runner": "depends_on contains unsupported option: 'required'",
    habits: "Duplicate mount points",
    immich: "env_file contains",
    mailserver: "env_file contains",
    matrix: "contains unsupported option: 'create_host_path'",
    "media-stack": "depends_on contains unsupported option: 'restart'",
    migration: "Unsupported config option for services.app: 'pre_start'",
    override: "could not determine a constructor for the tag '!override'",
    platform: "'include' does not match any of the regexes",
    toolbox: "build contains unsupported option: 'dockerfile_inline'",
  },
  // Docker Compose knows it from 5.3 on.
  "2.40": { migration: "additional properties 'pre_start' not allowed" },
};
