import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { exampleServices } from "../../../../src/cli/setup/example.js";
import type { Draft, Wiring } from "../../../../src/cli/shared/wiring.js";
import { setup } from "../../../../src/cli/verbs/setup.js";
import type { Config, Flags } from "../../../../src/config/config.js";
import { FairleadError } from "../../../../src/errors.js";
import { Secret } from "../../../../src/tools/secret.js";

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "setup-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const draft: Draft = {
  file: { name: "shop", services: {} },
  notes: ["web: TOKEN looks like a secret"],
  secrets: new Map([["TOKEN", new Secret("hunter2")]]),
};

function wired({ terminal = false, answers }: { terminal?: boolean; answers?: readonly string[] } = {}) {
  const said: string[] = [];
  const asked: string[] = [];
  const rest = [...(answers ?? [])];
  const wiring = {
    terminal,
    configure: ({ file }: Flags) => Promise.resolve({ files: file } as unknown as Config),
    load: ({ files }: Config) => {
      const [file = ""] = files;
      const isBroken = readFileSync(file, "utf8").includes("broken");
      return Promise.resolve({ problems: isBroken ? [{ file, path: "x", message: "broken" }] : [] });
    },
    draft: () => Promise.resolve(draft),
    print: (text: string) => said.push(text),
    complain: (text: string) => said.push(text),
    ...(answers === undefined
      ? {}
      : {
          converse: () => ({
            ask: (question: string) => {
              asked.push(question);
              const next = rest.shift();
              return next === undefined
                ? Promise.reject(new FairleadError("ConfigInvalid", "no answer came"))
                : Promise.resolve(next);
            },
            close: () => asked.push("closed"),
          }),
        }),
  } as unknown as Wiring;
  return { wiring, said, asked };
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const all = { services: "example", pushes: "dockerhub", run: "terminal" };

describe("fairlead setup", () => {
  it("writes a services file, settings and a secret, and says what comes next", async () => {
    const dir = await folder();
    const { wiring, said } = wired({ terminal: true });
    expect(await setup(wiring, { ...all, dir, url: "https://hooks.example.org/" })).toBe(0);
    const secret = (await readFile(join(dir, "secrets/hook-secret"), "utf8")).trim();
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(await readFile(join(dir, "services.yaml"), "utf8")).toBe(exampleServices);
    const settings = await readFile(join(dir, "fairlead.yaml"), "utf8");
    expect(settings).toContain(`file: ${dir}/services.yaml\nhookSecretFile: ${dir}/secrets/hook-secret\n`);
    expect(settings).toContain("\nexternalUrl: https://hooks.example.org/\n");
    expect(await modeOf(join(dir, "secrets"))).toBe("700");
    expect(await modeOf(join(dir, "secrets/hook-secret"))).toBe("600");
    expect(await modeOf(join(dir, "services.yaml"))).toBe("644");
    expect(said.join("\n")).toContain(`\n  https://hooks.example.org/hooks/dockerhub/${secret}\n`);
    expect(said.slice(-3)).toEqual([
      "Next:",
      `  fairlead plan --config ${dir}/fairlead.yaml`,
      `  fairlead run --config ${dir}/fairlead.yaml`,
    ]);
    expect(settings + said.slice(0, 1).join()).not.toContain(secret);
  });

  it("shows the secret to nobody but a terminal", async () => {
    const dir = await folder();
    const { wiring, said } = wired();
    expect(await setup(wiring, { ...all, pushes: "generic", dir })).toBe(0);
    const secret = (await readFile(join(dir, "secrets/hook-secret"), "utf8")).trim();
    expect(said.join("\n")).not.toContain(secret);
    expect(said.join("\n")).toContain(`http://${hostname()}:8420/hooks/generic/<secret>`);
    expect(said.join("\n")).toContain(`<secret> stands in ${dir}/secrets/hook-secret`);
  });

  it("has the hooks taken over TLS, where that is asked for", async () => {
    const dir = await folder();
    const { wiring, said } = wired();
    expect(await setup(wiring, { ...all, pushes: "generic", dir, tls: "self-signed" })).toBe(0);
    expect(await readFile(join(dir, "fairlead.yaml"), "utf8")).toContain("\ntls: self-signed\n");
    expect(said.join("\n")).toContain(`https://${hostname()}:8420/hooks/generic/<secret>`);
    const other = await folder();
    await expect(setup(wiring, { ...all, dir: other, tls: "yes" })).rejects.toThrow(
      '--tls: "yes" is no way to speak TLS',
    );
    expect(await readdir(other)).toEqual([]);
  });

  it("asks for what no flag says, tells a wrong answer, and takes Enter for what it suggests", async () => {
    const dir = await folder();
    const { wiring, said, asked } = wired({ terminal: true, answers: ["dockrhub", "none", ""] });
    expect(await setup(wiring, { services: "example", dir })).toBe(0);
    expect(asked).toEqual([
      expect.stringMatching(/^Who says that an image was pushed\?\n.*dockerhub.*\n.*\n.*\n\[generic\]$/s),
      expect.stringMatching(/"dockrhub" is none of .*did you mean dockerhub\?/),
      expect.stringMatching(/^How will Fairlead run\?/),
      "closed",
    ]);
    expect(said.join("\n")).not.toContain("hooks/");
  });

  it("asks again at once for a file that is not there", async () => {
    const dir = await folder();
    const { wiring, asked } = wired({ terminal: true, answers: ["/none.yaml", "example", "none", "terminal"] });
    expect(await setup(wiring, { dir })).toBe(0);
    expect(asked[1]).toMatch(/^--services: there is no file \/none\.yaml\n\[/);
    expect(asked[2]).toMatch(/^Who says that an image was pushed/);
  });

  it("a flag that names no file is refused before anything is asked", async () => {
    const { wiring, asked } = wired({ terminal: true, answers: [] });
    await expect(setup(wiring, { services: "/none.yaml" })).rejects.toThrow("--services: there is no file /none.yaml");
    expect(asked).toEqual([]);
  });

  it("that nobody answers any more writes nothing", async () => {
    const dir = await folder();
    const { wiring, asked } = wired({ answers: ["example"] });
    await expect(setup(wiring, { dir })).rejects.toThrow("no answer came");
    expect(asked.at(-1)).toBe("closed");
    expect(await readdir(dir)).toEqual([]);
  });

  it("takes a Compose file where it stands", async () => {
    const dir = await folder();
    await writeFile(join(dir, "compose.yaml"), "services: {}\n");
    const { wiring } = wired();
    expect(await setup(wiring, { ...all, services: join(dir, "compose.yaml"), dir })).toBe(0);
    expect(existsSync(join(dir, "services.yaml"))).toBe(false);
    expect(await readFile(join(dir, "fairlead.yaml"), "utf8")).toContain(`file: ${dir}/compose.yaml\n`);
  });

  it("writes down what runs, its secrets apart, and has it adopted", async () => {
    const dir = await folder();
    const { wiring, said } = wired();
    expect(await setup(wiring, { ...all, services: "running", dir })).toBe(0);
    expect(await readFile(join(dir, ".env"), "utf8")).toBe('TOKEN="hunter2"\n');
    expect(await modeOf(join(dir, ".env"))).toBe("600");
    expect(said.join("\n")).not.toContain("hunter2");
    expect(said.at(-1)).toMatch(/^ {2}fairlead adopt --all/);
  });

  it("replaces nothing unless that is forced, and secrets even then not", async () => {
    const dir = await folder();
    await writeFile(join(dir, "fairlead.yaml"), "mine: 1\n");
    await expect(setup(wired().wiring, { ...all, dir })).rejects.toThrow(
      expect.objectContaining({
        message: `${dir}/fairlead.yaml exists; nothing was written`,
        remedy: expect.stringContaining("--force") as string,
      }),
    );
    expect(await readdir(dir)).toEqual(["fairlead.yaml"]);
    expect(await setup(wired().wiring, { ...all, dir, force: true })).toBe(0);
    const secret = await readFile(join(dir, "secrets/hook-secret"), "utf8");
    const { wiring, said } = wired({ terminal: true });
    expect(await setup(wiring, { ...all, dir, force: true })).toBe(0);
    expect(await readFile(join(dir, "secrets/hook-secret"), "utf8")).toBe(secret);
    expect(said).toContain(`kept: ${dir}/secrets/hook-secret`);
    expect(said.join("\n")).toContain(`/hooks/dockerhub/${secret.trim()}`);
    expect((await readdir(dir)).sort()).toEqual(["fairlead.yaml", "secrets", "services.yaml"]);
  });

  it.each<[string, object, RegExp, RegExp]>([
    [
      "no answers",
      {},
      /^nothing says --services, --pushes, --run, and there is no terminal to ask on$/,
      /--pushes takes/,
    ],
    ["a wrong word", { ...all, pushes: "gihub" }, /^--pushes: "gihub" is none of dockerhub, generic, none$/, /takes/],
    ["no such file", { ...all, services: "/none.yaml" }, /^--services: there is no file \/none\.yaml$/, /example/],
    ["an address that is none", { ...all, url: "hooks.example" }, /^--url: "hooks.example" is no address/, /https:/],
    ...["https://u:hunter2@x.example", "https://:hunter2@x.example"].map((url): [string, object, RegExp, RegExp] => [
      "an address with a password",
      { ...all, url },
      /^--url: the address of a site holds no user and no password$/,
      /https:/,
    ]),
    [
      "a folder that the unit does not look into",
      { ...all, run: "systemd" },
      /^--dir: the unit looks for its settings in \/etc\/fairlead, and would not see \/.*\/setup-\w+$/,
      /leave --dir out/,
    ],
    ...(["systemd", "container"] as const).map((run): [string, object, RegExp, RegExp] => [
      `a data directory that is not ${run}'s`,
      { ...all, run, data: "/srv/journal" },
      /^--data: the (unit|image) keeps its journal in \/var\/lib\/fairlead, and would not see \/srv\/journal$/,
      /leave --data out/,
    ]),
    [
      "a file that the container does not see",
      { ...all, services: "/etc/hostname", run: "container", dir: "/etc/fairlead" },
      /^--services: the container sees \/etc\/fairlead alone, and \/etc\/hostname lies outside$/,
      /--dir/,
    ],
    [
      "a place where nothing can be written",
      { ...all, dir: "/proc/none" },
      /^--dir: \/proc\/none is on no disk, and nothing can be kept there$/,
      /name a directory/,
    ],
  ])("told %s says so and writes nothing", async (_what, options, message, remedy) => {
    const dir = await folder();
    const error: unknown = await setup(wired().wiring, { dir, ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FairleadError);
    expect((error as FairleadError).message).toMatch(message);
    expect((error as FairleadError).remedy).toMatch(remedy);
    expect(await readdir(dir)).toEqual([]);
  });

  it("tells the problems of a Compose file, and writes nothing", async () => {
    const dir = await folder();
    await writeFile(join(dir, "compose.yaml"), "broken\n");
    const { wiring, said } = wired();
    expect(await setup(wiring, { ...all, services: join(dir, "compose.yaml"), dir })).toBe(1);
    expect(said).toEqual([expect.stringContaining("broken"), "1 problem; nothing was written"]);
    expect(await readdir(dir)).toEqual(["compose.yaml"]);
  });
});

it.runIf(process.getuid?.() === 0)("in a container the secrets are those of the images' users", async () => {
  const dir = await folder();
  const { wiring, said } = wired({ terminal: true });
  expect(await setup(wiring, { ...all, run: "container", dir })).toBe(0);
  const ownerOf = async (name: string) => (await stat(join(dir, "secrets", name))).uid;
  expect(await Promise.all(["hook-secret", "admin-token", "prometheus-token"].map(ownerOf))).toEqual([
    1000, 1000, 65534,
  ]);
  expect(await stat(join(dir, "secrets"))).toMatchObject({ uid: 1000, gid: 1000 });
  const [token, same] = await Promise.all(
    ["admin-token", "prometheus-token"].map((name) => readFile(join(dir, "secrets", name), "utf8")),
  );
  expect(same).toBe(token);
  expect(await readFile(join(dir, "fairlead.yaml"), "utf8")).toContain(`adminTokenFile: ${dir}/secrets/admin-token\n`);
  expect(said.at(-2)).toContain(`FAIRLEAD_DIR=${dir}`);
});

it("the example is the one of deploy/example", () => {
  const path = new URL("../../../../deploy/example/services.yaml", import.meta.url);
  expect(readFileSync(path, "utf8")).toBe(exampleServices);
});
