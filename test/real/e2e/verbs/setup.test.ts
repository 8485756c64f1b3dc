import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, onTestFinished } from "vitest";
import { startFairlead } from "../../../sandbox/fairlead.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fairlead-setup-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** On a terminal of its own, by util-linux' `script`; each question gets the next answer. */
async function atTerminal(args: readonly string[], answers: readonly string[]) {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", TERM: "dumb", FAIRLEAD_CONFIG: "/dev/null" },
  });
  const rest = [...answers];
  let screen = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    const asked = screen.split(/\n\[[^\]\n]+\] /).length - 1;
    if (asked <= seen) return;
    seen = asked;
    child.stdin.write(rest.shift() ?? "\u0004");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, screen: screen.replaceAll("\r\n", "\n") };
}

test("asks three things on a terminal, and shows the webhook's address with its secret there", async () => {
  const dir = await folder();
  const url = "https://hooks.example.org";
  const { code, screen } = await atTerminal(
    ["setup", "--dir", dir, "--url", url],
    ["/none.yaml\n", "example\n", "hub\n", "dockerhub\n", "\n"],
  );
  expect(code, screen).toBe(0);
  expect(screen).toMatch(/--services: there is no file \/none\.yaml\n[^]*Who says that an image was pushed/);
  expect(screen).toContain('"hub" is none of dockerhub, generic, none');
  const secret = (await readFile(join(dir, "secrets/hook-secret"), "utf8")).trim();
  expect(screen).toContain(`\n  ${url}/hooks/dockerhub/${secret}\n`);
  const shown = await fairlead(["hook", "url", "dockerhub", "--config", join(dir, "fairlead.yaml")]);
  expect(shown.stdout).toContain(`Docker Hub: ${url}/hooks/dockerhub/<secret>\n`);
  expect(screen).toMatch(/Next:\n {2}fairlead plan .*\n {2}fairlead run .*\n/);
  expect((await stat(join(dir, "secrets/hook-secret"))).mode & 0o777).toBe(0o600);
});

test.for([["\u0003"], ["\u0004"]])("an end in the middle of the questions (%j) writes nothing", async ([end]) => {
  const dir = await folder();
  const { code, screen } = await atTerminal(["setup", "--dir", dir], ["example\n", end!]);
  expect(code, screen).toBe(1);
  expect(screen).toContain("no answer came; nothing was written");
  expect(await readdir(dir)).toEqual([]);
});

test("without a terminal it names every flag that is missing, and shows no secret", async () => {
  const dir = await folder();
  const { code, stdout, stderr } = await fairlead(["setup", "--dir", dir, "--run", "terminal"]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.split("\n")[0]).toBe("fairlead: nothing says --services, --pushes, and there is no terminal to ask on");
  const given = ["--services", "example", "--pushes", "generic", "--run", "terminal", "--dir", dir];
  const set = await fairlead(["setup", ...given]);
  expect(set.code, set.stderr).toBe(0);
  const secret = (await readFile(join(dir, "secrets/hook-secret"), "utf8")).trim();
  expect(set.stdout + set.stderr).not.toContain(secret);
  expect(await fairlead(["setup", ...given])).toMatchObject({
    code: 1,
    stderr: `fairlead: ${dir}/services.yaml, ${dir}/fairlead.yaml exist; nothing was written\n  name another, or say --force\n`,
  });
});

test("what it has written is found where it lies, starts, and takes a webhook", async ({ scene }) => {
  const first = await scene.push({ version: "v1" });
  await scene.write({ web: {} });
  const dir = scene.directory;
  const given = ["--services", scene.servicesFile, "--pushes", "dockerhub", "--run", "terminal", "--dir", dir];
  const set = await fairlead(["setup", ...given, "--force"]);
  expect(set.code, set.stderr).toBe(0);
  const settings = await readFile(join(dir, "fairlead.yaml"), "utf8");
  const mirror = JSON.stringify({ "docker.io": { mirror: inject("registryUrl") } });
  await writeFile(join(dir, "fairlead.yaml"), `${settings}registries: ${mirror}\n`);
  const running = await startFairlead({ cwd: dir, dataDir: join(dir, "data"), env: { DOCKER_HOST: scene.engineHost } });
  onTestFinished(async () => {
    await running.stop();
  });
  await running.ready();
  const secret = (await readFile(join(dir, "secrets/hook-secret"), "utf8")).trim();
  const call = (token: string) =>
    fetch(`${running.hooksUrl}/hooks/dockerhub/${token}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ push_data: { tag: "latest" }, repository: { repo_name: scene.image() } }),
    });
  expect([(await call(secret)).status, (await call("x".repeat(48))).status]).toEqual([202, 404]);
  await scene.until("the service", async () => (await scene.active())?.digest === first.digest);
  const where = ["--config", join(dir, "fairlead.yaml"), "--admin", running.adminUrl, "--url", `${running.hooksUrl}/`];
  const tried = await fairlead(["hook", "test", "dockerhub", ...where]);
  expect([tried.code, tried.stderr], tried.stdout).toEqual([0, ""]);
  expect(tried.stdout).toContain(`POST ${running.hooksUrl}/hooks/dockerhub/<secret>\n`);
  const wrong = await fairlead(["hook", "test", "dockerhub", ...where, "--service", "nope"]);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/^fairlead: --service: "nope" is no declared service\n {2}there are \S+\/web\n$/),
  ]);
});

test("a receiver that would not work is refused by validate, which reads no secret", async () => {
  const dir = await folder();
  await writeFile(join(dir, "services.yaml"), "name: shop\nservices: {web: {image: nginx}}\n");
  const settings = join(dir, "fairlead.yaml");
  const receiver = "type: zot, secretFile: /nowhere";
  await writeFile(
    settings,
    `file: ${dir}/services.yaml\nreceivers:\n  a: {${receiver}, registry: "https://reg.lan/"}\n`,
  );
  expect(await fairlead(["validate", "--config", settings])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /fairlead\.yaml:3:\d+: receivers\.a\.registry: "https:\/\/reg\.lan\/" is no/,
    ) as string,
  });
  await writeFile(settings, `file: ${dir}/services.yaml\nreceivers:\n  a: {${receiver}, registry: reg.lan}\n`);
  expect(await fairlead(["validate", "--config", settings])).toMatchObject({ code: 0 });
});

test.runIf(process.getuid?.() === 0)(
  "whoever may not read the hook's secret may ask how services stand",
  async ({ scene }) => {
    await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    const dir = await folder();
    await chmod(dir, 0o755);
    const secret = join(dir, "hook-secret");
    await writeFile(secret, "x".repeat(48));
    await chown(secret, 4242, 4242);
    await chmod(secret, 0o600);
    const address = new URL(scene.fairlead.adminUrl).host;
    await writeFile(join(dir, "fairlead.yaml"), `hookSecretFile: ${secret}\nadminListen: ${address}\n`);
    const asStranger = async (...args: readonly string[]) => {
      const stranger = ["--reuid=61234", "--regid=61234", "--clear-groups", process.execPath, program, ...args];
      const child = spawn("setpriv", stranger, {
        cwd: dir,
        env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" },
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, said };
    };
    const status = await asStranger("status");
    expect(status.code, status.said).toBe(0);
    expect(status.said).toContain(`${scene.project}/web`);
    const run = await asStranger("run", "-f", "none.yaml");
    expect(run.code).toBe(1);
    expect(run.said).toMatch(
      /hookSecretFile: this user may not read .*\n {2}run it as the user whose file that is, or as root \(sudo\)/,
    );
  },
);
