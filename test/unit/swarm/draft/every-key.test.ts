import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { serviceKeys, type deployKeys } from "../../../../src/compose/keys/keys.js";
import { supportOn } from "../../../../src/compose/keys/support.js";
import { draftOf } from "../../../../src/swarm/draft/draft.js";
import { specIn, webOf } from "../../compose/cluster/read.js";
import { stepOf } from "./drafted.js";

/** What a service says of each key that a Swarm has. Without effect on the body: a text that says whose affair it is. */
const samples: Readonly<Record<string, string | { readonly elsewhere: string; readonly says: string }>> = {
  image: { elsewhere: "the image is pinned by what the registry answers", says: "labels: {}" },
  command: "command: [serve]",
  entrypoint: "entrypoint: [/init]",
  environment: "environment: {A: x}",
  ports: "ports: ['80:80']",
  volumes: "volumes: ['d:/data:ro']",
  networks: "networks: {default: {aliases: [front]}}",
  labels: "labels: {tier: front}",
  restart: "restart: on-failure",
  healthcheck: "healthcheck: {test: ok}",
  user: "user: '5'",
  working_dir: "working_dir: /app",
  stop_grace_period: "stop_grace_period: 3s",
  stop_signal: "stop_signal: SIGINT",
  depends_on: { elsewhere: "the planner waits", says: "depends_on: {}" },
  env_file: "env_file: web.env",
  extends: "extends: {service: base}",
  label_file: "label_file: labels.env",
  profiles: { elsewhere: "the loader chooses", says: "profiles: []" },
  configs: "configs: [c]",
  secrets: "secrets: [s]",
  "x-fairlead": { elsewhere: "the controller's own", says: "x-fairlead: {min_age: 1h}" },
  cap_add: "cap_add: [NET_ADMIN]",
  cap_drop: "cap_drop: [ALL]",
  cpus: "cpus: 0.5",
  dns: "dns: [10.0.0.2]",
  dns_opt: "dns_opt: ['timeout:1']",
  dns_search: "dns_search: [acme.example]",
  expose: { elsewhere: "for the reader: a network joins all ports", says: "expose: ['90']" },
  extra_hosts: "extra_hosts: ['db:10.0.0.9']",
  group_add: "group_add: [video]",
  hostname: "hostname: front",
  init: "init: true",
  logging: "logging: {driver: json-file}",
  mem_limit: "mem_limit: 64m",
  mem_reservation: "mem_reservation: 32m",
  network_mode: "network_mode: host",
  oom_score_adj: "oom_score_adj: 5",
  pids_limit: "pids_limit: 10",
  platform: "platform: linux/arm64",
  pull_policy: { elsewhere: "each node pulls what it lacks", says: "pull_policy: always" },
  read_only: "read_only: true",
  scale: "scale: 3",
  security_opt: "security_opt: ['no-new-privileges:true']",
  stdin_open: "stdin_open: true",
  sysctls: "sysctls: {net.core.somaxconn: 9}",
  tmpfs: "tmpfs: /run",
  tty: "tty: true",
  ulimits: "ulimits: {nofile: 5}",
  deploy: "deploy: {labels: {a: b}}",
};

const deploySamples: Readonly<Record<keyof typeof deployKeys, string>> = {
  update_config: "update_config: {parallelism: 2}",
  rollback_config: "rollback_config: {parallelism: 2}",
  endpoint_mode: "endpoint_mode: dnsrr",
  labels: "labels: {a: b}",
  mode: "mode: global",
  placement: "placement: {constraints: ['node.role == worker']}",
  replicas: "replicas: 4",
  resources: "resources: {reservations: {cpus: '0.5'}}",
  restart_policy: "restart_policy: {condition: on-failure, delay: 7s}",
};

const rest = `  base:
    image: nginx
    environment: {FROM: base}
volumes: {d: {}}
configs: {c: {content: hello}}
secrets: {s: {environment: TOKEN}}
`;
const files = { "web.env": "B=y\n", "labels.env": "shelf=1\n" };

function read(lines: readonly string[]) {
  return specIn(webOf(["init: false", ...lines].filter((line) => !clashes(line, lines)).join("\n"), rest, files));
}

/** `init: false` is there so that a service is never without keys. */
function clashes(line: string, lines: readonly string[]): boolean {
  return line === "init: false" && lines.some((other) => other.startsWith("init:"));
}

function bodyOf(lines: readonly string[]): string {
  return JSON.stringify(draftOf(stepOf(read(lines)), { labels: {}, generation: {} }).body);
}

const bare = bodyOf([]);
const lineOf = (sample: (typeof samples)[string]) => (typeof sample === "string" ? sample : sample.says);

describe("every key of a service that a Swarm has", () => {
  it("is known here", () => {
    const known = Object.entries(serviceKeys).flatMap(([key, support]) =>
      supportOn("swarm", support).support === "supported" ? [key] : [],
    );
    expect(Object.keys(samples).sort()).toEqual(known.sort());
  });

  it.each(Object.entries(samples))("%s lands in the body, or says whose affair it is", (_, sample) => {
    const isInBody = bodyOf([lineOf(sample)]) !== bare;
    expect(isInBody).toBe(typeof sample === "string");
  });

  it.each(Object.entries(deploySamples))("deploy.%s lands in the body", (_, sample) => {
    expect(bodyOf([`deploy: {${sample}}`])).not.toBe(bare);
  });

  const together = Object.entries(samples).flatMap(([key, sample]) =>
    typeof sample === "string" && key !== "network_mode" && key !== "extends" ? [sample] : [],
  );

  it("lands there beside any others, and the same spec gives the same bytes", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(together, { minLength: 1 }), ([first = "", ...others]) => {
        const all = [first, ...others];
        expect(bodyOf(all)).not.toBe(bodyOf(others));
        expect(bodyOf(all)).toBe(bodyOf(all));
      }),
      { numRuns: 60 },
    );
  });

  it("is another spec, except for how updates go", () => {
    const hash = (lines: readonly string[]) => specHash(read(lines));
    const same = [...Object.entries(samples), ...Object.entries(deploySamples)].flatMap(([key, sample]) => {
      const line =
        Object.hasOwn(deploySamples, key) && key !== "labels" ? `deploy: {${lineOf(sample)}}` : lineOf(sample);
      return hash([line]) === hash([]) && typeof sample === "string" ? [key] : [];
    });
    expect(same).toEqual(["update_config", "rollback_config"]);
  });
});
