import { describe, expect, it } from "vitest";
import { networkHash, specHash } from "../../../../src/compose/model/hash.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { readService, serviceOf, surroundings } from "../read.js";

const declared = `
configs:
  site: {file: ./site.conf}
  motd: {content: "hi \${WHO}"}
secrets:
  token: {environment: TOKEN}
  key: {file: ~/key.pem}
`;
const environment = { WHO: "hunter2", TOKEN: "s3cret", HOME: "/root" };
const read = (lines: string, rest = declared) => readService(lines, environment, rest);

/** Problems and warnings as they are shown, without the place. */
function shown(result: ReturnType<typeof read>): readonly string[] {
  const all = [...(result.ok ? [] : result.problems), ...result.warnings];
  return all.map(({ path, message, hint }) => `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`);
}

describe("configs and secrets of a service", () => {
  it("stand at / and in /run/secrets, as root's, for all to read", () => {
    const common = { mode: 0o444, uid: 0, gid: 0 };
    const { files = [] } = serviceOf(read("configs: [motd]\nsecrets: [token]"));
    expect(files.map((file) => ({ ...file, content: file.content.reveal() }))).toEqual([
      { origin: "configs.motd", path: "/motd", content: "hi hunter2", ...common },
      { origin: "secrets.token", path: "/run/secrets/token", content: "s3cret", ...common },
    ]);
  });

  it("are mounted where they are files, for reading only, and the host must have them", () => {
    const { container, files } = serviceOf(read("configs: [{source: site, target: /etc/x/../site}]\nsecrets: [key]"));
    const common = { type: "bind", readOnly: true, createHostPath: false };
    expect(container.mounts).toEqual([
      { ...common, source: "/srv/shop/site.conf", target: "/etc/site" },
      { ...common, source: "/root/key.pem", target: "/run/secrets/key" },
    ]);
    expect(files).toBeUndefined();
  });

  it.each([
    ["{source: token, target: db}", { path: "/run/secrets/db" }],
    ["{source: token, target: /db}", { path: "/db" }],
    ['{source: token, uid: "33", gid: 34, mode: 0440}', { uid: 33, gid: 34, mode: 0o440 }],
    ['{source: token, mode: "0600"}', { mode: 0o600 }],
    ["{source: token, mode: 0o400}", { mode: 0o400 }],
  ])("secrets: [%s]", (grant, expected) => {
    expect(serviceOf(read(`secrets: [${grant}]`)).files).toMatchObject([expected]);
  });

  it.each([
    ["secrets: [tokn]", ['services.web.secrets[0]: "tokn" names none of the declared secrets (did you mean "token"?)']],
    ["secrets: [site]", [/names none of the declared secrets \(declare it under the top-level `secrets`\)$/]],
    [
      "secrets: [{target: x}]",
      ["services.web.secrets[0]: `source` is missing (it names one of the top-level `secrets`)"],
    ],
    ["secrets: [[token]]", ["services.web.secrets[0]: expected a name or a mapping, found a list"]],
    ["secrets: [{source: token, mode: 999}]", [/^services\.web\.secrets\[0\]\.mode: .*octal/]],
    ["secrets: [{source: token, target: /}]", [/nothing can be mounted at the container's root$/]],
    [
      "configs: [{source: motd, target: /run/secrets/token}]\nsecrets: [token]",
      [/^services\.web\.secrets\[0\]: something else of this service has the same target/],
    ],
    ["configs: [{source: motd, target: /a}]\nvolumes: ['/x:/a']", [/configs\[0\]: something else of this service has/]],
    [
      "configs: [{source: motd, target: /run/x/y}]\nvolumes: [{type: tmpfs, target: /run}]",
      [/configs\[0\]: a tmpfs of this service would hide it/],
    ],
    ["configs: [{source: motd, target: /run/y}]\ntmpfs: /run", [/configs\[0\]: a tmpfs of this service would hide it/]],
    ["secrets: [token]\nread_only: true", [/secrets\[0\]: it cannot be written into a read-only root file system/]],
    ["secrets: [key]\nread_only: true", []],
    [
      "configs: [{source: site, mode: 0400}]",
      [
        "services.web.configs[0].mode: has no effect: a `file:` is mounted as it is on the host (change owner and mode of the file itself, or give it by `environment` or `content`)",
      ],
    ],
  ])("%s", (lines, expected) => {
    const problems = shown(read(lines));
    expect(problems).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) expect(problems[at]).toMatch(text);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("make another container where their file has changed, if it can be read", () => {
    const text = `services: {web: {image: nginx, secrets: [key]}}\nsecrets: {key: {file: ./key}}`;
    const hashOf = (content: string | undefined) => {
      const readText = (path: string) =>
        content !== undefined && path === "/srv/shop/key" ? { text: content } : { missing: "ENOENT" };
      const service = serviceOf(readProject({ ...surroundings, text, environment: {}, readText }));
      expect(JSON.stringify(service)).not.toContain("hunter");
      return specHash(service);
    };
    expect(hashOf("hunter2")).toBe(hashOf("hunter2"));
    expect(new Set([hashOf("hunter2"), hashOf("hunter3"), hashOf(undefined)]).size).toBe(3);
  });

  it("make another container where their content, place or rights change, and not where their order does", () => {
    const hashes = [
      read("secrets: [token]"),
      readService("secrets: [token]", { ...environment, TOKEN: "other" }, declared),
      read("secrets: [{source: token, mode: 0400}]"),
      read("secrets: [{source: token, target: other}]"),
      read("configs: [motd]\nsecrets: [token]"),
    ].map((result) => specHash(serviceOf(result)));
    expect(new Set(hashes).size).toBe(hashes.length);
    const [one, other] = ["{source: motd, target: /a}", "{source: motd, target: /b}"];
    expect(specHash(serviceOf(read(`configs: [${one}, ${other}]`)))).toBe(
      specHash(serviceOf(read(`configs: [${other}, ${one}]`))),
    );
  });
});

describe("the top-level configs and secrets", () => {
  it.each([
    ["secrets: {s: }", ["secrets.s: it has no source (write one of `file`, `environment`, `x-fairlead`)"]],
    ["configs: {c: {}}", ["configs.c: it has no source (write one of `file`, `environment`, `content`)"]],
    [
      "configs: {c: {content: x, file: y}}",
      ["configs.c.content: it has a source already: `file` (remove one of them)"],
    ],
    [
      "configs: {c: {external: true}}",
      [/^configs\.c\.external: not supported \(a plain host has no Swarm's store: name a/],
    ],
    ["secrets: {s: {external: true, name: x}}", [/^secrets\.s\.external: not supported/]],
    ["secrets: {s: {environment: NOPE}}", [/^secrets\.s\.environment: Fairlead's environment has no such variable/]],
    [
      "secrets: {s: {content: hunter2}}",
      [
        /^secrets\.s: it has no source/,
        /^secrets\.s\.content: unknown key \(known here: file, environment, x-fairlead, name\)$/m,
      ],
    ],
    ["secrets: {s: {file: k, name: x}}", []],
    ['configs: {"a b": {content: x}}', [/^configs\["a b"\]: "a b" is not a valid name/]],
  ])("%s", (lines, expected) => {
    const problems = shown(read("", lines));
    expect(problems).toHaveLength(expected.length);
    for (const text of expected) expect(problems.join("\n")).toMatch(text);
  });
});

describe("the top-level networks", () => {
  const networksOf = (networks: string) => {
    const text = `name: shop\nservices: {web: {image: nginx, networks: [a]}, db: {image: nginx}}\nnetworks: ${networks}`;
    const result = readProject({ ...surroundings, text, environment });
    return result.ok ? result.project : result.problems.map(formatProblem);
  };

  it("know who joins them, and the project knows those that are declared or joined", () => {
    expect(networksOf("{a: , b: {name: bee}}")).toMatchObject({
      services: [
        { networks: [{ network: { name: "shop_a", members: ["web"] } }] },
        { networks: [{ network: { name: "shop_default", members: ["db"] } }] },
      ],
      networks: [{ name: "shop_default" }, { name: "shop_a" }, { name: "bee" }],
    });
  });

  it.each([
    ["{a: {external: true}}", "a"],
    ["{a: {external: {name: proxy}}}", "proxy"],
    ["{a: {external: true, name: proxy}}", "proxy"],
  ])("%s", (networks, name) => {
    expect(networksOf(networks)).toMatchObject({
      services: [{ networks: [{ network: { external: true, name } }] }, {}],
    });
  });

  it.each([
    ["{a: {external: true, ipam: {}}}", /ipam: says how to create what is external/],
    ["{a: {ipam: {config: [{subnet: 10.0.0.0}]}}}", /"10\.0\.0\.0" is not an address block/],
    ["{a: {ipam: {config: [{subnet: 10.0.0.0/33}]}}}", /is not an address block/],
    ["{a: {ipam: {config: [{subnet: fd00::/64/1}]}}}", /is not an address block/],
    ["{a: {ipam: {config: [{gateway: 10.0.0.1}]}}}", /`subnet` is missing/],
    ["{a: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: ten}]}}}", /"ten" is not an IP address/],
    ["{a: {ipam: {config: [{subnet: 10.0.0.0/8, aux_addresses: {x: y}}]}}}", /aux_addresses\.x: "y" is not an IP/],
  ])("%s is refused", (networks, problem) => {
    expect(networksOf(networks)).toEqual([expect.stringMatching(problem)]);
  });

  it("are told apart by what they are made of, not by name or members", () => {
    const network = serviceOf(readService("")).networks[0]!.network;
    const same = { ...network, name: "other", members: ["x"] };
    expect(networkHash(same)).toBe(networkHash(network));
    for (const patch of [{ internal: true }, { labels: { a: "b" } }, { ipam: { config: [] } }, { enableIpv6: true }]) {
      expect(networkHash({ ...network, ...patch })).not.toBe(networkHash(network));
    }
  });
});
