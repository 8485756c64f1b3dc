import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { freePort } from "../../../sandbox/network/ports.js";
import { fairlead } from "../scene/cli.js";
import { dockerHubPayload, test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

const adminOf = (scene: Scene) => ["--admin", scene.fairlead.adminUrl];
const filesOf = (scene: Scene) => [
  ...["-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`],
];
const eventsOf = async (scene: Scene) => (await fairlead(["events", ...adminOf(scene)])).stdout;

/** The verb's errors and exit code, with its output in a pipe that nobody reads. */
function unread(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: string; errors: string }> {
  const script = '{ "$@"; echo "code $?" >&2; } | true';
  const command = ["-c", script, "sh", process.execPath, program, ...args];
  return new Promise((resolve) => {
    execFile("/bin/sh", command, { env: { PATH: process.env["PATH"] ?? "", ...env } }, (_error, _out, stderr) => {
      const [, code = "none"] = /code (\d+)/.exec(stderr) ?? [];
      resolve({ code, errors: stderr.replace(/code \d+\n/, "") });
    });
  });
}

describe.concurrent("what people see", () => {
  test("a broken services file: every problem, in status, its exit code, its JSON and the events", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const well = await fairlead(["status", ...adminOf(scene)]);
    expect(well.code).toBe(0);
    expect(well.stdout).toMatch(new RegExp(`${scene.project}/web +${scene.image()}:latest +Synced .* \\d+s `));

    const image = scene.image();
    const broken = ["prots: []", "imgae: x", "restart: never", "command: {}", "ports: [x]", "cpus: many"];
    await scene.writeText(
      `name: ${scene.project}\nservices:\n  web:\n    image: ${image}\n${broken.map((line) => `    ${line}\n`).join("")}`,
    );
    const status = await scene.until("the problems", async () => {
      const answer = await fairlead(["status", ...adminOf(scene)]);
      return answer.code === 1 ? answer : undefined;
    });
    const lines = status.stdout.split("\n");
    const told = lines.filter((line) => line.startsWith(`${scene.servicesFile}:`));
    expect(told).toHaveLength(broken.length);
    expect(lines[told.length]).toBe("6 problems in the services files: the last good version of each stays in force");
    expect(status.stdout, "what runs is shown beside").toContain(`${scene.project}/web`);
    const json = JSON.parse((await fairlead(["status", "--json", ...adminOf(scene)])).stdout) as { problems: object[] };
    expect(json.problems).toHaveLength(broken.length);
    expect(json.problems[0]).toMatchObject({ file: scene.servicesFile, line: 5, column: 5 });
    expect(await eventsOf(scene)).toMatch(/ file SpecInvalid: .*:5:5: .*; and 5 more/);

    await scene.write({ web: {} });
    await scene.until("the end of the problems", async () => {
      return (await fairlead(["status", ...adminOf(scene)])).code === 0;
    });
    expect(await eventsOf(scene)).toMatch(/ file SpecValid: /);
  });

  test("every delivery: in the log, the events and on the page", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const deliver = (secret: string, image: string) =>
      fetch(`${scene.fairlead.hooksUrl}/hooks/dockerhub/${secret}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(dockerHubPayload(image, "latest")),
      });
    await deliver("wrong-secret", scene.image());
    await deliver(scene.hookSecret, "acme/undeclared");
    await deliver(scene.hookSecret, scene.image());
    const expected = [
      "hook dockerhub: refused: its secret is wrong",
      "hook dockerhub: ignored: no declared service uses docker.io/acme/undeclared:latest",
      `hook dockerhub: accepted for ${scene.project}/web: docker.io/${scene.image()}:latest`,
    ];
    await scene.fairlead.waitForLog(({ msg }) => msg === expected[2]);
    const lines = scene.fairlead.logs.filter(({ hook }) => hook === "dockerhub");
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual(expected.map((text) => ["info", text]));
    const events = await eventsOf(scene);
    const page = await (await fetch(scene.fairlead.adminUrl)).text();
    for (const [index, reason] of ["Unauthorized", "Ignored", "Accepted"].entries()) {
      expect(events).toContain(` delivery ${reason}: ${expected[index]!}`);
      expect(page).toContain(expected[index]);
    }
    expect(`${events}${page}`).not.toContain("wrong-secret");
  });

  test("a plan: of the running controller with what it remembers, and an error where nobody can say", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push({ version: "v1" });
    await scene.write({ web: {} });
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease };
    const settings = `${scene.directory}/away.yaml`;
    await writeFile(
      settings,
      JSON.stringify({ registries: { "docker.io": { mirror: `http://127.0.0.1:${await freePort()}` } } }),
    );
    const away = await fairlead(
      ["plan", "-f", scene.servicesFile, "--config", settings, "--data", "/nonexistent"],
      env,
    );
    expect(away).toMatchObject({ code: 1, stdout: expect.stringContaining(`${scene.project}/web`) as string });
    expect(away.stderr).toMatch(/no controller answers at .*pins, holds and approvals are unknown/);

    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push({ version: "v2" });
    await scene.hook();
    await scene.untilServing(second.digest);
    expect((await fairlead(["rollback", "web", ...adminOf(scene)])).code).toBe(0);
    const waited = await fairlead(["wait", "web", "--rollback", ...adminOf(scene)]);
    expect(waited, waited.stderr).toMatchObject({ code: 0 });
    expect(waited.stdout).toContain("Pinned to revision 1");
    expect((await scene.status())?.activeDigest).toBe(first.digest);
    const admin = scene.fairlead.adminUrl.slice("http://".length);
    const asked = await fairlead(["plan", "web", "--json", ...filesOf(scene)], {
      ...env,
      FAIRLEAD_ADMIN_LISTEN: admin,
    });
    expect(asked, asked.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(asked.stdout)).toMatchObject({
      controller: scene.fairlead.adminUrl,
      plans: [{ changes: false }],
    });
    expect((await fairlead(["plan", "nobody", ...filesOf(scene)], env)).code).toBe(1);

    expect((await fairlead(["resume", "web", ...adminOf(scene)])).stdout).toContain("follows the services file");
    expect((await fairlead(["resume", "web", ...adminOf(scene)])).stdout).toContain("nobody has pinned or paused it");
    expect((await fairlead(["approve", "web", ...adminOf(scene)])).stdout).toContain("its file asks for no approval");
  });

  test("no verb minds a reader that goes away", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const admin = adminOf(scene);
    const files = filesOf(scene);
    const verbs = [
      ...["status", "events", "history", "logs"].map((verb) => [verb, ...admin]),
      ...[
        ["status", "web", ...admin],
        ["status", "--json", ...admin],
        ["wait", "web", ...admin],
      ],
      ...[["resume", "web", ...admin], ["validate", ...files], ["--help"]],
    ];
    for (const verb of verbs) {
      const { code, errors } = await unread(verb, { DOCKER_HOST: scene.engineHost });
      expect([verb[0], code, errors.replace(/^waiting: .*\n/gm, "")]).toEqual([verb[0], "0", ""]);
    }
  });

  test("run on a terminal: a line an event with its service, and what is left as it stops", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    const env = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: "/root", NO_COLOR: "1", DOCKER_HOST: scene.engineHost },
      ...{ FAIRLEAD_LEASE: `tty-${scene.project}`, FAIRLEAD_DATA: `${scene.directory}/data` },
      FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${await freePort()}`,
      FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`,
    };
    const run = `echo pid $$; exec ${process.execPath} ${program} run -f ${scene.servicesFile} --config ${scene.settingsFile}`;
    const terminal = spawn("script", ["-qec", run, "/dev/null"], { env, stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    createInterface({ input: terminal.stdout }).on("line", (line) => lines.push(line.trimEnd()));
    const ended = new Promise<number | null>((resolve) => terminal.on("exit", resolve));
    const converged = new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${scene.project}/web +✓ `);
    await scene.until("the service", () => lines.some((line) => converged.test(line)));
    expect(lines.some((line) => new RegExp(`^[\\d:]+ ${scene.project}/web +> create `).test(line))).toBe(true);
    process.kill(Number(/^pid (\d+)$/m.exec(lines.join("\n"))?.[1]), "SIGTERM");
    expect(await ended).toBe(0);
    expect(lines.at(-2)).toMatch(/stopping: .* the containers of 1 service run on, and nobody updates or repairs them/);
    expect(lines.at(-1)).toMatch(/stopped$/);
    expect(lines.slice(1).filter((line) => !/^\d\d:\d\d:\d\d \S+ +[?>✓✗!·] /.test(line))).toEqual([]);
    expect(lines.join("")).not.toContain("\u001b");
    expect((await scene.active())?.state).toBe("running");
    expect(digest).toMatch(/^sha256:/);
  });
});
