import { execFile } from "node:child_process";
import { appendFile, chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, inject } from "vitest";
import { dayMs, make } from "../../../unit/http/tls/certificates.js";
import { movableClock } from "../../../sandbox/host/movable-clock.js";
import { clockPackages, ensurePackages } from "../../../sandbox/host/packages.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { startRegistry } from "../../../sandbox/registry/registry.js";
import { smallDisk } from "../../../sandbox/host/small-disk.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

interface Checked {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  readonly remedy?: string;
}

/** The built program's verdicts by their names, beside the scene's controller where one runs. */
async function examine(scene: Scene, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []) {
  const own = ["-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`, ...args];
  const { code, stdout, stderr } = await fairlead(["doctor", "--json", ...own], {
    ...{ DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease, FAIRLEAD_ADMIN_LISTEN: "127.0.0.1:1", ...env },
  });
  const { checks } = JSON.parse(stdout === "" ? JSON.stringify({ checks: [{ name: stderr }] }) : stdout) as {
    readonly checks: readonly Checked[];
  };
  return { code, checks, of: (name: string) => checks.find((check) => check.name === name) };
}

const adminOf = (scene: Scene) => ({ FAIRLEAD_ADMIN_LISTEN: new URL(scene.fairlead.adminUrl).host });
const wrong = ({ checks }: { readonly checks: readonly Checked[] }) => checks.filter(({ ok }) => !ok);

describe.concurrent("fairlead doctor", () => {
  beforeAll(() => ensurePackages(clockPackages, console.log));

  test("finds all in order beside a controller that its own delivery reaches", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    const port = await freePort();
    const hooks = { FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${port}`, FAIRLEAD_EXTERNAL_URL: `http://127.0.0.1:${port}` };
    await scene.start({ env: hooks });
    await scene.untilServing(digest);
    const found = await examine(scene, adminOf(scene));
    expect(wrong(found)).toEqual([]);
    expect(found.code).toBe(0);
    expect(found.of("hooks")?.message).toBe(`a delivery to http://127.0.0.1:${port}/hooks/self arrives`);
    expect(found.of("engine")?.message).toMatch(/^Docker Engine \S+ with API 1\.\d+ answers at /);
    expect(found.of("registry docker.io")?.message).toMatch(/^it answers without a login \(.+\), for 1 image$/);
    expect(found.of("controllers")?.message).toContain(`is in charge under the lease ${scene.lease}`);
    const text = await fairlead(
      ["doctor", "-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`],
      { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease, ...adminOf(scene) },
    );
    expect(text.stdout).toMatch(/^ok {4}engine {2,}Docker Engine/m);
    expect(text.stdout).toMatch(/all is in order\n$/);
  });

  test("says that deliveries reach somebody else, or nobody", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    const other = createServer((_request, response) => {
      response.statusCode = 200;
      response.end("welcome");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await scene.start({ env: { FAIRLEAD_EXTERNAL_URL: `http://127.0.0.1:${port}` } });
    const elsewhere = await examine(scene, adminOf(scene));
    expect([elsewhere.code, elsewhere.of("hooks")]).toMatchObject([1, { ok: false }]);
    expect(elsewhere.of("hooks")?.message).toBe(
      `a delivery to http://127.0.0.1:${port}/hooks/self does not arrive: 200: welcome`,
    );
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    const nobody = await examine(scene, adminOf(scene));
    expect(nobody.of("hooks")?.message).toMatch(/does not arrive: connect ECONNREFUSED/);
    expect(nobody.of("hooks")?.remedy).toContain("`hooksListen`");
  });

  test("says that the engine is away, and what it could not see for that", async ({ scene, expect }) => {
    await scene.write({ web: {} });
    const found = await examine(scene, { DOCKER_HOST: `unix://${scene.directory}/none.sock` });
    expect(found.code).toBe(1);
    expect(found.of("socket")).toMatchObject({ ok: false, message: `there is no ${scene.directory}/none.sock` });
    expect(found.of("engine")?.message).toContain("cannot be reached");
    expect(found.of("engine")?.remedy).toContain("sudo systemctl start docker");
    expect(["clock", "image store", "controllers"].map((name) => found.of(name)?.remedy)).toEqual(
      Array.from({ length: 3 }, () => "see to `engine` first"),
    );
    expect(found.of("controller")?.message).toContain("no controller answers at http://127.0.0.1:1");
  });

  test("says to a user without rights on the socket how to get them", async ({ scene, expect }) => {
    await scene.write({ web: {} });
    await chmod(scene.directory, 0o755);
    const socket = `${scene.directory}/engine.sock`;
    const guarded = createServer();
    await new Promise<void>((resolve) => guarded.listen(socket, resolve));
    await chmod(socket, 0o660);
    const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));
    const args = [program, "doctor", "--json", "-f", scene.servicesFile, "--config", scene.settingsFile];
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", DOCKER_HOST: `unix://${socket}` };
    const stdout = await new Promise<string>((resolve) => {
      const options = { env: { ...env, FAIRLEAD_ADMIN_LISTEN: "127.0.0.1:1" }, uid: 65_534, gid: 65_534 };
      execFile(process.execPath, args, options, (_error, out, errors) => {
        resolve(out === "" ? errors : out);
      });
    });
    guarded.close();
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Checked[] };
    const of = (name: string) => checks.find((check) => check.name === name);
    expect(of("socket")).toMatchObject({ ok: false, message: `this user may not use ${socket}` });
    expect(of("engine")?.message).toContain("(EACCES)");
    expect([of("socket")?.remedy, of("engine")?.remedy]).toEqual(
      Array.from({ length: 2 }, () => "run `sudo usermod -aG docker $USER` and log in again, or use sudo"),
    );
  });

  test("says that the data directory's disk is nearly full", async ({ scene, expect }) => {
    await scene.write({ web: {} });
    const disk = await smallDisk(`${scene.directory}/disk`, { kib: 128 * 1024, kind: "tmpfs" });
    // What is mounted cannot be removed, and the scene's directory goes before the test is finished.
    try {
      const roomy = await examine(scene, {}, ["--data", disk.path]);
      expect(roomy.of("data directory")?.ok).toBe(true);
      await disk.fill();
      const { of } = await examine(scene, {}, ["--data", disk.path]);
      expect(of("data directory")?.ok).toBe(false);
      expect(of("data directory")?.message).toMatch(/0 MB of 13\d MB are free, which is too little$/);
      expect(of("data directory")?.remedy).toContain(`df -h ${disk.path}`);
    } finally {
      await disk.remove();
    }
  });

  test("says that the clocks differ", async ({ scene, expect }) => {
    await scene.write({ web: {} });
    const clock = await movableClock(`${scene.directory}/clock`);
    await clock.set(600);
    const { of } = await examine(scene, clock.env);
    expect(of("clock")?.message).toMatch(/^this clock is (59|60)\d s ahead of the engine's$/);
    expect(of("clock")?.remedy).toContain("timedatectl set-ntp true");
  });

  test("says that a registry refuses the login", async ({ scene, expect, onTestFinished }) => {
    const registry = await startRegistry({ auth: { htpasswd: { ada: "right" } } });
    onTestFinished(() => registry.stop());
    await scene.write({ web: { image: `${registry.host}/acme/web:1` } });
    const login = async (password: string) => {
      const auth = Buffer.from(`ada:${password}`).toString("base64");
      await mkdir(`${scene.directory}/docker`, { recursive: true });
      const text = JSON.stringify({ auths: { [registry.host]: { auth } } });
      await writeFile(`${scene.directory}/docker/config.json`, text);
      return examine(scene, { DOCKER_CONFIG: `${scene.directory}/docker` });
    };
    const name = `registry ${registry.host}`;
    const wrongly = await login("wrong");
    expect(wrongly.of(name)).toMatchObject({ ok: false });
    expect(wrongly.of(name)?.remedy).toContain(`docker login ${registry.host}`);
    const rightly = await login("right");
    expect(rightly.of(name)?.message, "it has no such image, and says so to whoever may ask").toMatch(/acme\/web/);
    expect(JSON.stringify([wrongly.checks, rightly.checks])).not.toMatch(/"(?:wrong|right)"/);
  });

  test("says that a certificate expires, and that it has expired", async ({ scene, expect }) => {
    await scene.write({ web: {} });
    const [cert, keyFile] = [`${scene.directory}/cert.pem`, `${scene.directory}/key.pem`];
    const shown = async (days: number) => {
      const made = make({ from: Date.now() - 90 * dayMs, until: Date.now() + days * dayMs });
      await Promise.all([writeFile(cert, made.cert), writeFile(keyFile, made.key)]);
      return (await examine(scene, {}, ["--tls-cert", cert, "--tls-key", keyFile])).of("certificates");
    };
    expect(await shown(40)).toMatchObject({ ok: true });
    const soon = await shown(3);
    expect(soon).toMatchObject({ ok: false });
    expect(soon?.message).toContain(`the certificate of the hooks (${cert}) expires soon`);
    expect((await shown(-1))?.message).toContain("has expired");
  });

  test("says that the journal has lines that cannot be read", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    await scene.fairlead.stop();
    const folder = `${scene.directory}/data/journal`;
    const [segment = ""] = await readdir(folder);
    expect((await examine(scene)).of("journal")).toMatchObject({ ok: true, message: "all of it can be read" });
    await appendFile(`${folder}/${segment}`, "no line of ours\n");
    const damaged = (await examine(scene)).of("journal");
    expect(damaged).toMatchObject({ ok: false });
    expect(damaged?.message).toContain(`${folder}/${segment}, 1 lines`);
    await scene.start();
    const aside = (await examine(scene, adminOf(scene))).of("journal");
    expect(aside).toMatchObject({ ok: false });
    expect(aside?.remedy).toContain(`rm -r ${scene.directory}/data/journal-unreadable`);
  });

  test("says that a repository is away, and that a name is unknown", async ({ scene, expect }) => {
    const url = `http://127.0.0.1:${await freePort()}/ops.git`;
    const { of } = await examine(scene, { FAIRLEAD_GIT: url, FAIRLEAD_EXTERNAL_URL: "https://no.such.name.invalid" });
    expect(of(`git ${url}`)).toMatchObject({ ok: false });
    expect(of(`git ${url}`)?.remedy).toContain(`git ls-remote ${url}`);
    expect(of("dns")).toMatchObject({ ok: false, message: "nobody knows no.such.name.invalid" });
  });

  test("says who else is in charge, and with which data directory", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const unanswered = await examine(scene);
    expect(unanswered.of("controllers")?.message).toMatch(/^process \d+ on .* and does not answer here$/);
    const elsewhere = await examine(scene, adminOf(scene), ["--data", inject("engineHost").slice(7, 11)]);
    expect(elsewhere.of("controllers")?.message).toContain("with another data directory than");
    const other = await examine(scene, { ...adminOf(scene), FAIRLEAD_LEASE: "of-nobody" });
    const told = other.checks.filter(({ name }) => name === "controllers").map(({ message }) => message);
    expect(told.some((line) => line.includes("another controller uses this data directory"))).toBe(true);
    await scene.fairlead.kill("SIGKILL");
    expect((await examine(scene)).of("controllers")?.message).toMatch(/was the last in charge .* and has gone$/);
  });
});
