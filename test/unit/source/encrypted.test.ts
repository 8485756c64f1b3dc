import { variables } from "../../../src/compose/model/container/variables.js";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { silentLog } from "../../../src/console/log.js";
import { resolveProjects, sourceOf } from "../../../src/wiring.js";
import { dotenv, json } from "../sops/encoder.js";
import { binaryFile, identity, otherIdentity, wholeFile } from "../sops/vectors.js";
import { opened } from "../tools/opened.js";

let folder = "";
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-sops-"));
  await writeFile(at("key.txt"), `# key\n${identity}\n`);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const own = "name: shop\nservices:\n  web:\n    image: acme/web\n";

/** As a run has it; the key from the settings file, or from these variables. */
async function open(environment?: Readonly<Record<string, string>>, settings = "") {
  const key = environment === undefined ? `ageKeyFile: ${at("key.txt")}\n` : "";
  await writeFile(at("fairlead.yaml"), `file: ${at("services.yaml")}\n${key}${settings}`);
  const config = readConfig({ config: at("fairlead.yaml") }, environment ?? {});
  return { config, source: sourceOf(config, environment ?? {}, silentLog) };
}

async function load(text: string, environment?: Readonly<Record<string, string>>) {
  await writeFile(at("services.yaml"), text);
  return (await open(environment)).source.load();
}

describe("an encrypted file that a services file names", () => {
  it("is what was in it, for env files, configs, secrets and the project's own .env", async () => {
    await writeFile(at("db.env"), dotenv({ PASSWORD: "hidden-one", OTHER: "'two words'" }));
    await writeFile(at(".env"), dotenv({ TAG: "1.27" }));
    await writeFile(at("key.json"), json({ a: { b: "hidden-two" } }));
    await writeFile(at("tls.enc.key"), json({ data: "PEM\nhidden-three\n" }));
    await writeFile(at("whole.age"), wholeFile);
    await writeFile(at("bin.age"), binaryFile);
    const { projects, problems } = await load(`name: shop
services:
  web:
    image: "acme/web:\${TAG}"
    env_file: db.env
    secrets: [tls, {source: whole, target: /w, mode: "0400", uid: "7"}]
    configs: [{source: json, target: /j}, bin]
secrets: {tls: {file: tls.enc.key}, whole: {file: whole.age}}
configs: {json: {file: key.json}, bin: {file: bin.age}}
`);
    expect(problems).toEqual([]);
    const [service] = projects[0]?.services ?? [];
    expect(service?.image.tag).toBe("1.27");
    expect(service?.container.environment).toEqual(variables({ PASSWORD: "hidden-one", OTHER: "two words" }));
    expect(service?.container.mounts).toEqual([]);
    const rights = { mode: 0o444, uid: 0, gid: 0 };
    expect(opened(service?.files)).toEqual([
      { origin: "configs.json", path: "/j", content: '{\n "a": {\n  "b": "hidden-two"\n }\n}', ...rights },
      { origin: "configs.bin", path: "/bin", content: "AP/+CoA=", isBase64: true, ...rights },
      { origin: "secrets.tls", path: "/run/secrets/tls", content: "PEM\nhidden-three\n", ...rights },
      { origin: "secrets.whole", path: "/w", content: "whole\nfile\n", mode: 0o400, uid: 7, gid: 0 },
    ]);
  });

  it("is opened by the keys of the environment, too", async () => {
    await writeFile(at("db.env"), dotenv({ A: "1" }));
    const text = `${own}    env_file: db.env\n`;
    const value = async (environment: Readonly<Record<string, string>>) =>
      (await load(text, environment)).projects[0]?.services[0]?.container.environment;
    expect(await value({ SOPS_AGE_KEY: `${otherIdentity}\n${identity}` })).toEqual(variables({ A: "1" }));
    expect(await value({ SOPS_AGE_KEY_FILE: at("key.txt") })).toEqual(variables({ A: "1" }));
    expect(await value({ SOPS_AGE_KEY_FILE: at("key.txt"), SOPS_AGE_KEY: otherIdentity })).toEqual(
      variables({ A: "1" }),
    );
  });

  it("that cannot be opened is one problem with its place, and the last good version stays", async () => {
    await writeFile(at("db.env"), dotenv({ A: "hidden-one" }));
    await writeFile(at("services.yaml"), `${own}    env_file: db.env\n    secrets: [s]\nsecrets: {s: {file: s.age}}\n`);
    await writeFile(at("s.age"), wholeFile);
    const { source } = await open();
    const first = await source.load();
    expect(first.problems).toEqual([]);
    await writeFile(at("db.env"), dotenv({ A: "hidden-two" }).replace(/^sops_mac=.*$/m, "sops_mac=x"));
    const changed = await source.load();
    expect(changed.projects).toEqual(first.projects);
    expect(changed.problems).toEqual([
      {
        ...{ file: at("services.yaml"), line: 5, column: 15, path: "services.web.env_file" },
        message: '"db.env" cannot be read (its code (mac) cannot be decrypted: the file was changed by hand)',
        hint: "take the change back, and make it with `sops edit`, which writes a new code",
      },
    ]);
    await writeFile(at("db.env"), dotenv({ A: "hidden-three" }));
    await writeFile(at("key.txt"), otherIdentity);
    const locked = await source.load();
    expect(locked.projects).toEqual(first.projects);
    expect(locked.problems.map(({ path }) => path)).toEqual(["services.web.env_file", "services.web.secrets[0]"]);
    expect(JSON.stringify(locked.problems)).not.toMatch(/hidden|whole\\n|AGE-SECRET/);
    await rm(at("key.txt"));
    expect((await source.load()).problems[0]?.message).toMatch(
      /the file of the age keys cannot be read: there is no file .*key\.txt/,
    );
    await writeFile(at("key.txt"), identity);
    expect((await source.load()).projects[0]?.services[0]?.container.environment).toEqual(
      variables({ A: "hidden-three" }),
    );
  });

  it("is refused where others would see what is in it", async () => {
    await writeFile(at("l.env"), dotenv({ A: "1" }));
    await writeFile(at("more.yaml"), json({ services: { two: { image: "x" } } }));
    const labels = await load(`${own}    label_file: l.env\n`);
    expect(labels.problems).toMatchObject([{ path: "services.web.label_file", message: '"l.env" is encrypted' }]);
    const more = await load(`include: [more.yaml]\n${own}`);
    expect(more.problems).toMatchObject([{ path: "include[0]", message: '"more.yaml" is encrypted' }]);
  });

  it("shows nothing of it, nor of the keys", async () => {
    await writeFile(at("db.env"), dotenv({ A: "hidden-one" }));
    await writeFile(at("services.yaml"), `${own}    env_file: db.env\n`);
    const { config } = await open();
    const { projects, problems } = await resolveProjects(config, {});
    expect(problems).toEqual([]);
    expect(JSON.stringify(projects)).toMatch(/\[encrypted\]/);
    expect(JSON.stringify([projects, config])).not.toMatch(/hidden-one|AGE-SECRET/);
    const leak = await load(`${own}    environment: {A: "\${SOPS_AGE_KEY}"}\n`, { SOPS_AGE_KEY: identity });
    expect(leak.problems).toMatchObject([
      { message: "SOPS_AGE_KEY is Fairlead's own secret, and no services file gets it" },
    ]);
  });

  it("cannot be mounted or read by way of the key's own file under a policy", async () => {
    await writeFile(at("services.yaml"), `${own}    volumes: ['./key.txt:/k']\n    env_file: key.txt\n`);
    await chmod(at("key.txt"), 0o600);
    const { source } = await open(undefined, "policy: {}\ndata: /nowhere\n");
    const { problems } = await source.load();
    expect(problems.map(({ path }) => path)).toEqual(["services.web.env_file"]);
    await writeFile(at("services.yaml"), `${own}    volumes: ['./key.txt:/k']\n`);
    expect((await source.load()).problems.map(({ path }) => path)).toEqual(["services.web.volumes[0]"]);
  });
});
