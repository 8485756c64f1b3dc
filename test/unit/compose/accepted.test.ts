import { describe, expect, it } from "vitest";
import { readProject, type ReadResult } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { surroundings } from "./read.js";

/** What public Compose files say that Docker Compose runs: each a project. */
const kinds = {
  "links without an alias": "{db: {image: x}, web: {image: x, links: [db]}}",
  "links with an alias": '{db: {image: x}, web: {image: x, links: ["db:database"]}}',
  "ports beside network_mode: host": '{web: {image: x, network_mode: host, ports: ["80:80"]}}',
  "ports beside network_mode: none": '{web: {image: x, network_mode: none, ports: ["80:80"]}}',
  "CMD-SHELL with several strings": '{web: {image: x, healthcheck: {test: ["CMD-SHELL", "a", "b"]}}}',
  "a name twice in environment": '{web: {image: x, environment: ["A=1", "A=2"]}}',
  "a name twice in labels": '{web: {image: x, labels: ["a=1", "a=2"]}}',
  "a name twice in sysctls": '{web: {image: x, sysctls: ["net.a=1", "net.a=2"]}}',
  "a name twice in annotations": '{web: {image: x, annotations: ["a=1", "a=2"]}}',
  "one mount target twice": '{web: {image: x, volumes: ["/a:/x", "/b:/x/"]}}',
  "one device target twice": '{web: {image: x, devices: ["/dev/a:/dev/x", "/dev/b:/dev/x"]}}',
  "a port twice": '{web: {image: x, ports: ["80:80", "80:80/tcp"]}}',
  "an item twice in dns": "{web: {image: x, dns: [1.1.1.1, 1.1.1.1]}}",
  "an item twice in cap_add": "{web: {image: x, cap_add: [NET_ADMIN, NET_ADMIN]}}",
  "an item twice in tmpfs": "{web: {image: x, tmpfs: [/a, /a]}}",
  "tty: TRUE": "{web: {image: x, tty: TRUE}}",
  "environment: TRUE": "{web: {image: x, environment: {A: TRUE}}}",
  'dns_search: ""': '{web: {image: x, dns_search: ""}}',
  'dns: [""]': '{web: {image: x, dns: [""]}}',
  "protocol: UDP": "{web: {image: x, ports: [{target: 53, protocol: UDP}]}}",
  "ports: 53/UDP": '{web: {image: x, ports: ["53:53/UDP"], expose: ["54/UDP"]}}',
  "platform: linux/x86_64": "{web: {image: x, platform: linux/x86_64}}",
  "platform: arm64": "{web: {image: x, platform: arm64}}",
  "platform: linux": "{web: {image: x, platform: linux}}",
  "network_mode: default": "{web: {image: x, network_mode: default}}",
  "hostname with a port": '{web: {image: x, hostname: "web:8080"}}',
  use_api_socket: "{web: {image: x, use_api_socket: true}}",
  external_links: "{web: {image: x, external_links: [redis]}}",
  "build.platforms": "{web: {image: x, build: {context: ., platforms: [linux/amd64, linux/arm64]}}}",
  "build.additional_contexts": "{web: {image: x, build: {context: ., additional_contexts: {a: ./a}}}}",
  provider: "{web: {provider: {type: cloud}}}",
  models: "{web: {image: x, models: [llm]}}",
};

function readKind(services: string): ReadResult {
  return readProject({ ...surroundings, text: `services: ${services}\n`, environment: {} });
}

function outcome(services: string): string {
  const result = readKind(services);
  const all = result.ok ? result.warnings : result.problems;
  const said = all.map((one) => formatProblem(one).replace(/^services\.yaml:1:\d+: services\./, ""));
  return [result.ok ? "accepted" : "refused", ...said].join("\n  ");
}

describe("what Docker Compose runs", () => {
  it("is accepted, or refused with a reason and an alternative", async () => {
    const table = Object.entries(kinds).map(([name, services]) => `${name}: ${outcome(services)}`);
    await expect(`${table.join("\n")}\n`).toMatchFileSnapshot("accepted.txt");
  });

  it.each(Object.entries(kinds))("%s: a refusal is one problem, with a hint", (_, services) => {
    const result = readKind(services);
    if (!result.ok) expect(result.problems.map(({ hint }) => typeof hint)).toEqual(["string"]);
  });
});
