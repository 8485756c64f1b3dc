import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { readConfig } from "../../../src/config/config.js";
import { silentLog } from "../../../src/console/log.js";
import { sourceOf } from "../../../src/wiring.js";

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "fairlead-policy-")));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const service = (more: string) => `name: shop\nservices:\n  web:\n    image: acme/web\n    ${more}\n`;

/** Through the settings file, as a run has it. */
async function open(policy: string, file = "services.yaml") {
  const config = join(folder, "settings", "fairlead.yaml");
  await mkdir(join(folder, "settings"), { recursive: true });
  await writeFile(config, `file: ${join(folder, file)}\ndata: ${join(folder, "data")}\npolicy: ${policy}\n`);
  return sourceOf(readConfig({ config }, {}), {}, silentLog);
}

async function problemsOf(policy: string, text: string): Promise<readonly string[]> {
  await writeFile(join(folder, "services.yaml"), text);
  const { problems } = await (await open(policy)).load();
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));
}

describe("a services file under a policy", () => {
  it("that may not read its own folder lacks an `.env` only where there is one", async () => {
    const text = service("volumes: [/usr/share:/share]");
    expect(await problemsOf("{bindMounts: [/usr/share]}", text)).toEqual([]);
    await writeFile(join(folder, ".env"), "A=b");
    expect((await problemsOf("{bindMounts: [/usr/share]}", text))[0]).toContain(
      ".env cannot be read (the policy forbids",
    );
    // Whether there is something elsewhere is not told.
    const elsewhere = service("env_file: [{path: /nowhere/at/all, required: false}]");
    expect((await problemsOf("{bindMounts: [/usr/share, project]}", elsewhere))[0]).toContain("the policy forbids");
  });

  it("that breaks it changes nothing, and is told of with its place", async () => {
    const path = join(folder, "services.yaml");
    await writeFile(path, service("command: [one]"));
    const source = await open("{}");
    const first = await source.load();
    expect(first.problems).toEqual([]);
    await writeFile(path, service("command: [two]\n    privileged: true\n    pid: host"));
    const after = await source.load();
    expect(after.projects).toEqual(first.projects);
    expect(after.problems).toMatchObject([
      { file: path, line: 6, column: 17, path: "services.web.privileged" },
      { file: path, line: 7, column: 10, message: "the policy forbids the host's namespace pid" },
    ]);
    expect(after.problems[0]?.hint).toMatch(/only the settings file can allow it, with `policy.privileged`: true/);
    await writeFile(path, service("command: [two]"));
    expect((await source.load()).projects[0]?.services[0]?.container.command).toEqual(["two"]);
  });

  it("is told of in the file that says it, however it comes in", async () => {
    await writeFile(join(folder, "base.yaml"), service("privileged: true"));
    await writeFile(join(folder, "more.yaml"), "services:\n  two:\n    image: x\n    cap_add: [ALL]\n");
    const text = "name: shop\ninclude: [more.yaml]\nservices:\n  web:\n    extends: {file: base.yaml, service: web}\n";
    const found = await problemsOf("{}", text);
    expect(found.map((one) => one.split(": ")[0])).toEqual(["base.yaml:5:17", "more.yaml:4:15"]);
  });

  it("reads nothing of the host beyond what it may mount", async () => {
    await mkdir(join(folder, "out"));
    await writeFile(join(folder, "out/secret.env"), "A=1\n");
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "in/own.env"), "A=1\n");
    await symlink(join(folder, "out"), join(folder, "in/link"));
    const read = async (env: string, policy = "{}") => {
      await writeFile(join(folder, "in/services.yaml"), service(`env_file: ${env}`));
      const { problems } = await (await open(policy, "in/services.yaml")).load();
      return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));
    };
    expect(await read("own.env")).toEqual([]);
    for (const path of ["../out/secret.env", "link/secret.env", "./link/../link/secret.env", "/etc/passwd"]) {
      expect(await read(path)).toEqual([expect.stringMatching(/^in\/services\.yaml:5:15: .*\(the policy forbids /)]);
      expect(await read(`{path: ${path}, required: false}`).then(({ length }) => length)).toBe(1);
    }
    expect(await read("link/secret.env", `{bindMounts: [project, ${folder}/out]}`)).toEqual([]);
    expect(await read("../out/secret.env", `{bindMounts: [project, ${folder}/out]}`)).toEqual([]);
    await writeFile(join(folder, "in/services.yaml"), `include: [../out/secret.env]\n${service("command: [x]")}`);
    expect((await (await open("{}", "in/services.yaml")).load()).problems[0]?.message).toMatch(/the policy forbids/);
  });

  it("mounts what a link leads to, and no link to what is not there yet", async () => {
    await symlink("/etc", join(folder, "etc"));
    await symlink(join(folder, "../later"), join(folder, "later"));
    await mkdir(join(folder, "data-of-ours"));
    const said = await problemsOf(
      "{}",
      service("volumes: ['./etc:/a', './later/x:/b', './new/x:/c', './data-of-ours:/d']"),
    );
    expect(said.map((one) => one.replace(/ \(.*/, ""))).toEqual([
      "services.yaml:5:15: services.web.volumes[0]: the policy forbids etc, which is /etc: it is outside the folders that are allowed",
      expect.stringMatching(
        /^services\.yaml:5:\d+: services\.web\.volumes\[1\]: the policy forbids later\/x, which is .*later\/x:/,
      ),
    ]);
  });

  it("keeps off the settings and the data of Fairlead", async () => {
    const said = await problemsOf(
      `{bindMounts: [${folder}]}`,
      service("volumes: ['./settings:/a', './settings/fairlead.yaml:/b', './data/journal:/c', './other:/d']"),
    );
    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/there Fairlead keeps its own/);
  });

  it("has what its own place is given, whatever it calls itself", async () => {
    const policy = (from: string) => `{projects: [{from: ${from}, privileged: true}]}`;
    const text = service("privileged: true");
    expect(await problemsOf(policy(join(folder, "services.yaml")), text)).toEqual([]);
    expect(await problemsOf(policy(`${folder}/`), text)).toEqual([]);
    expect(await problemsOf(policy(join(folder, "shop")), text)).toHaveLength(1);
    expect(await problemsOf(policy(`[https://forge.example/acme/fleet.git, '${folder}/other/']`), text)).toHaveLength(
      1,
    );
  });
});

describe("a policy", () => {
  it("takes ports as YAML has them", async () => {
    await expect(open("{hostPorts: [80, '443', 8000-8099]}")).resolves.toBeDefined();
  });

  it("takes all the words that its rules know", async () => {
    const written = [
      "bindMounts: [project, /srv/data, /]",
      "capabilities: [ALL, NET_ADMIN, cap_sys_admin, chown]",
      "devices: [/dev/fuse, /dev, nvidia.com/gpu=all, gpu, nvidia, any, 'c 189:* rwm', 'a *:* rwm']",
      "securityOptions: [apparmor=unconfined, 'apparmor:mine', label=disable, 'label=type:svirt', seccomp=profile, seccomp=unconfined, systempaths=unconfined, no-new-privileges:false, credentialspec=file://x]",
      "otherContainers: [shop-db-1, abc123]",
      "volumeDrivers: [rclone, vieux/sshfs:latest]",
      "runtimes: [runsc, io.containerd.runc.v2, dev.gvisor.spec.mount]",
    ];
    await expect(open(`{${written.join(", ")}}`)).resolves.toBeDefined();
  });

  it.each([
    ["{privilege: true}", /fairlead\.yaml:3:10: policy\.privilege: unknown key \(did you mean "privileged"\?\)/],
    ["{hostNamespaces: [net]}", /fairlead\.yaml:3:27: policy\.hostNamespaces\[0\]/],
    ["{bindMounts: [data]}", /fairlead\.yaml:3:23: policy\.bindMounts\[0\]: "data" is no folder of the host/],
    ["{bindMounts: [/srv/../etc]}", /"\/srv\/\.\.\/etc" is no folder of the host/],
    ["{bindMounts: [projcet]}", /"projcet" is no folder of the host \(did you mean "project"\?\)/],
    ["{capabilities: [CHOWN, NET_ADMN]}", /3:32: policy\.capabilities\[1\]: .* \(did you mean "NET_ADMIN"\?\)/],
    ["{capabilities: [cap_sys_adm]}", /"cap_sys_adm" is no capability/],
    ["{devices: [dev/fuse]}", /policy\.devices\[0\]: "dev\/fuse" is no device/],
    ["{devices: [/dev/../etc]}", /is no device/],
    ["{devices: ['c 1:3 rwx']}", /is no device/],
    ["{devices: [gpus]}", /"gpus" is no device \(did you mean "gpu"\?\)/],
    ["{securityOptions: [aparmor=unconfined]}", /did you mean "apparmor=unconfined"\?/],
    ["{securityOptions: [unconfined]}", /is no security option that can be allowed/],
    ["{securityOptions: [seccomp=/etc/p.json]}", /is no security option that can be allowed/],
    ["{otherContainers: ['shop db']}", /"shop db" is no name of a container/],
    ["{volumeDrivers: ['a b']}", /"a b" is no name of a driver/],
    ["{runtimes: ['run sc']}", /is no name of a runtime/],
    ["{projects: {shop: {privileged: true}}}", /3:\d+: policy\.projects: it is a map of keys, and should be a list/],
    ["{projects: [shop]}", /policy\.projects\[0\]: it is a text, and should be a map of keys/],
    ["{projects: [{from: []}]}", /policy\.projects\[0\]\.from: the list is empty/],
    ["{projects: [{from: /x, capabilities: [NET_ADMINN]}]}", /policy\.projects\[0\]\.capabilities\[0\]: .*"NET_ADMIN"/],
    ["{hostPorts: [http]}", /"http" is no port of the host/],
    ["{hostPorts: [90-70]}", /"90-70" is no port of the host/],
    ["{hostPorts: [0]}", /"0" is no port of the host/],
    ["{images: ['ghcr.io/acme/web:1']}", /"ghcr.io\/acme\/web:1" is no registry and no repository/],
    ["{projects: [{privileged: true}]}", /policy\.projects\[0\]\.from/],
    [
      "{projects: [{from: /x, hostPorts: [x]}]}",
      /fairlead\.yaml:3:\d+: policy\.projects\[0\]\.hostPorts\[0\]: "x" is no port/,
    ],
  ])("%s is refused with its place", async (policy, message) => {
    await expect(open(policy)).rejects.toThrow(message);
  });
});
