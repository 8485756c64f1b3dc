import { createHmac, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { test, type Scene } from "../scene/scene.js";

/** What the kernel shows of one process. */
interface Seen {
  readonly command: string;
  readonly environment: string;
}

async function look(pid: string): Promise<(Seen & { readonly parent: string }) | undefined> {
  const read = async (name: string) => (await readFile(`/proc/${pid}/${name}`, "utf8")).replaceAll("\0", "\n");
  try {
    // In this order: once the command is its own, so is the environment.
    const [stat, command, environment] = [await read("stat"), await read("cmdline"), await read("environ")];
    return { parent: stat.replace(/^.*\) \S+ /s, "").split(" ")[0] ?? "", command, environment };
  } catch {
    return undefined;
  }
}

/**
 * Every process below this one, as often as it can be looked at, until `stop`. Until a new process has become its program it
 * shows its parent's command and environment, and is no child yet.
 */
function watchChildren(root: number): { readonly seen: Map<string, Seen>; readonly stop: () => Promise<void> } {
  const seen = new Map<string, Seen>();
  const state = { on: true };
  const watching = (async () => {
    while (state.on) {
      const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const all = new Map(await Promise.all(pids.map(async (pid) => [pid, await look(pid)] as const)));
      const isOurs = (pid: string | undefined): boolean => {
        const parent = pid === undefined ? undefined : all.get(pid)?.parent;
        return parent === String(root) || (parent !== undefined && parent !== "0" && isOurs(parent));
      };
      for (const [pid, process] of all) {
        const isBorn =
          process !== undefined && process.command !== "" && process.command !== all.get(String(root))?.command;
        if (isBorn && isOurs(pid)) seen.set(`${pid} ${process.command}`, process);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return { seen, stop: () => ((state.on = false), watching) };
}

/** Says nothing for a while, so that whoever asks can be looked at; then that there is nothing. */
async function slowServer(): Promise<{ readonly host: string; readonly authorizations: string[] }> {
  const authorizations: string[] = [];
  const server = createServer((req, res) => {
    authorizations.push(req.headers.authorization ?? "");
    setTimeout(() => {
      const challenge = req.headers.authorization === undefined && req.url?.startsWith("/v2/") === true;
      res.writeHead(challenge ? 401 : 404, challenge ? { "www-authenticate": 'Basic realm="x"' } : {}).end();
    }, 700);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations };
}

async function script(scene: Scene, name: string, text: string): Promise<string> {
  await mkdir(`${scene.directory}/bin`, { recursive: true });
  const path = `${scene.directory}/bin/${name}`;
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

const kinds = ["admin", "hook", "git", "helper", "stored", "receiver", "payload", "told", "signed"] as const;

/** Deliveries that show a secret in every way there is, rightly and wrongly, with something in them that is nobody's business. */
async function deliver({ fairlead }: Scene, secret: string, payload: string): Promise<readonly number[]> {
  const body = JSON.stringify({ image: "registry.example/nobodys", note: payload });
  const ofHub = JSON.stringify({ repository: { repo_name: "acme/nobodys" }, note: payload });
  const hmac = (hash: string) => createHmac(hash, secret).update(body).digest("hex");
  const basic = `Basic ${Buffer.from(`u:${secret}`).toString("base64")}`;
  const tries: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [`/hooks/r/any/${secret}`, {}],
    [`/hooks/r/any/${secret}x`, {}],
    [`/hooks/r/nobody/${secret}`, {}],
    [`/hooks/${secret}`, {}],
    [`/hooks/r/hub?apikey=${secret}`, {}],
    ["/hooks/r/any", { authorization: `Bearer ${secret}` }],
    ["/hooks/r/any", { authorization: basic }],
    ["/hooks/r/any", { "x-signature-256": `sha256=${hmac("sha256")}` }],
    ["/hooks/r/any", { "x-signature-256": `sha256=${hmac("sha256").replace(/^./, "x")}` }],
    ["/hooks/r/any", { "x-forwarded-for": secret, "user-agent": secret, "x-request-id": secret }],
  ];
  return Promise.all(
    tries.map(async ([path, headers]) => {
      const text = path.includes("apikey") ? ofHub : body;
      const init = { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } };
      return (await fetch(`${fairlead.hooksUrl}${path}`, init)).status;
    }),
  );
}

test("Fairlead's secrets reach no child, no container, no argument, and nothing that it says", async ({
  scene,
  expect,
}) => {
  const canaries = Object.fromEntries(kinds.map((name) => [name, `canary${randomBytes(8).toString("hex")}`])) as Record<
    (typeof kinds)[number],
    string
  >;
  const server = await slowServer();
  await script(scene, "docker-credential-canary", `sleep 1; echo '{"Username":"u","Secret":"${canaries.helper}"}'`);
  const ssh = await script(scene, "slow-ssh", "sleep 1; exit 1");
  const auth = Buffer.from(`u:${canaries.stored}`).toString("base64");
  await writeFile(
    `${scene.directory}/config.json`,
    JSON.stringify({ credHelpers: { [server.host]: "canary" }, auths: { "reg.invalid": { auth } } }),
  );
  const env = {
    PATH: `${scene.directory}/bin:${process.env["PATH"] ?? ""}`,
    DOCKER_CONFIG: scene.directory,
    FAIRLEAD_ADMIN_TOKEN: canaries.admin,
    FAIRLEAD_HOOK_SECRET: canaries.hook,
    GIT_SSH_COMMAND: ssh,
    GREETING: "hello",
    FAIRLEAD_LOG_LEVEL: "debug",
  };
  const secretFile = `${scene.directory}/receiver`;
  await writeFile(secretFile, canaries.receiver);
  const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as object;
  const receivers = { any: { type: "generic", secretFile }, hub: { type: "dockerhub", secretFile } };
  // Whoever is told answers 404 with his address in it, or not at all.
  const [urlFile, signFile, deadFile] = ["url", "sign", "dead"].map((name) => `${scene.directory}/${name}`) as [
    string,
    string,
    string,
  ];
  await writeFile(urlFile, `http://${server.host}/${canaries.told}`);
  await writeFile(deadFile, `http://127.0.0.1:9/${canaries.told}`);
  await writeFile(signFile, canaries.signed);
  const on = ["started", "promoted", "hook:*"];
  const notify = {
    team: { type: "webhook", urlFile, secretFile: signFile, on },
    dead: { type: "webhook", urlFile: deadFile, secretFile: signFile, on },
  };
  await writeFile(scene.settingsFile, JSON.stringify({ ...settings, receivers, notify }));

  await scene.write({ web: { environment: { TOKEN: "${FAIRLEAD_ADMIN_TOKEN:-none}" } } });
  const refused = await scene.start({ env, awaitReady: false });
  expect(await refused.exited).toBe(1);
  const complaint = refused.output.join("\n");
  expect(complaint).toMatch(
    /services\.yaml:\d+:\d+: services\.web\.environment\.TOKEN: FAIRLEAD_ADMIN_TOKEN is Fairlead's own secret/,
  );

  await scene.push();
  await scene.write({
    web: { environment: { GREETING: "${GREETING}" } },
    private: { image: `${server.host}/private` },
    fetched: { build: `http://user:${canaries.git}@${server.host}/repository.git` },
    shelled: { build: "ssh://git@127.0.0.1/repository" },
  });
  const fairlead = await scene.start({ env });
  const children = watchChildren(fairlead.pid);
  const web = await scene.until("web", () => scene.active());
  const statuses = await deliver(scene, canaries.receiver, canaries.payload);
  expect(statuses).toEqual([200, 404, 404, 404, 200, 200, 404, 200, 401, 404]);
  const wanted = [/docker-credential-canary/, /git-remote-http/, /slow-ssh/];
  const commands = () => [...children.seen.values()].map(({ command }) => command);
  await scene.until("all kinds of children", () => wanted.every((one) => commands().some((text) => one.test(text))));
  await scene.until("git's login", () => server.authorizations.some((one) => one.startsWith("Basic")));
  await scene.until("somebody who cannot be told", () =>
    fairlead.logs.some(({ channel, error }) => channel === "dead" && error !== undefined),
  );
  await children.stop();

  const secrets = Object.values(canaries);
  const own = [
    canaries.admin,
    canaries.hook,
    canaries.stored,
    canaries.helper,
    canaries.receiver,
    canaries.told,
    canaries.signed,
  ];
  for (const { command, environment } of children.seen.values()) {
    for (const secret of secrets) expect(command).not.toContain(secret);
    for (const secret of own) expect(environment).not.toContain(secret);
    expect(environment).not.toContain("FAIRLEAD_");
  }
  const inspected = JSON.stringify(await scene.docker.getContainer(web.id).inspect());
  expect(inspected).toContain("GREETING=hello");
  const headers = { authorization: `Bearer ${canaries.admin}` };
  const answers = await Promise.all(
    ["/metrics", "/", "/api/v1/services", "/api/v1/plan", "/api/v1/events?follow=false", "/api/v1/notifications"].map(
      async (path) => {
        const answer = await fetch(`${fairlead.adminUrl}${path}`, { headers });
        expect(answer.status).toBe(200);
        return answer.text();
      },
    ),
  );
  const printed = [...fairlead.logs.map((line) => JSON.stringify(line)), ...fairlead.output, complaint];
  const outbox = await readFile(`${scene.directory}/data/outbox/outbox.jsonl`, "utf8");
  expect(outbox).toContain('"kind":"hook:any"');
  const said = [inspected, ...answers, ...printed, await scene.journal(), outbox].join("\n");
  for (const secret of [...secrets, ...secrets.map((one) => Buffer.from(one).toString("base64"))]) {
    expect(said).not.toContain(secret);
  }
});
