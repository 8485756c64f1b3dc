import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { readPages, snippetsOf } from "../../../docs/pages.js";
import { ensurePackages, type Package } from "../../../sandbox/host/packages.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { test } from "../scene/scene.js";

const run = promisify(execFile);
const host = "hooks.example.org";

/** What docs/tls.md has in this language, with the ports and the certificate of this machine. */
function recipe(language: string, changes: Readonly<Record<string, string>>): string {
  const page = readPages().find(({ name }) => name === "docs/tls.md")!;
  const { text } = snippetsOf(page).find((snippet) => snippet.language === language)!;
  return Object.entries(changes).reduce((all, [written, here]) => {
    expect(all).toContain(written);
    return all.replaceAll(written, here);
  }, text);
}

interface Proxy {
  readonly package: Package;
  readonly command: (directory: string) => readonly [string, ...string[]];
  readonly config: (directory: string, port: number, hooks: string) => string;
}

const proxies: Readonly<Record<string, Proxy>> = {
  caddy: {
    package: "caddy",
    command: (directory) => ["caddy", "run", "--adapter", "caddyfile", "--config", `${directory}/config`],
    config: (directory, port, hooks) => {
      const site = recipe("caddyfile", {
        [`${host} {`]: `https://${host}:${port} {\n\ttls ${directory}/cert.pem ${directory}/key.pem`,
        "127.0.0.1:8420": hooks,
      });
      return `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`;
    },
  },
  nginx: {
    package: "nginx-light",
    command: (directory) => ["nginx", "-p", directory, "-c", `${directory}/config`, "-g", "daemon off;"],
    config: (directory, port, hooks) => {
      const server = recipe("nginx", {
        "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
        [`/etc/letsencrypt/live/${host}/fullchain.pem`]: `${directory}/cert.pem`,
        [`/etc/letsencrypt/live/${host}/privkey.pem`]: `${directory}/key.pem`,
        "127.0.0.1:8420": hooks,
      });
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${directory}/${name};`,
      );
      const log = `pid ${directory}/nginx.pid; error_log ${directory}/error.log; events {}`;
      return `${log}\nhttp { ${temporary.join(" ")} access_log ${directory}/access.log;\n${server}\n}`;
    },
  },
};

for (const [name, proxy] of Object.entries(proxies)) {
  test(`${name} in front, as docs/tls.md has it: hooks pass, and nothing else`, async ({ scene, skip }) => {
    const problem = await ensurePackages([proxy.package]).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    skip(problem !== undefined, problem);
    const directory = await mkdtemp(join(tmpdir(), "fairlead-tls-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const files = ["-keyout", `${directory}/key.pem`, "-out", `${directory}/cert.pem`, "-days", "2", "-nodes"];
    const named = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
    await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", ...files, ...named]);

    const first = await scene.push({ version: "v1" });
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const port = await freePort();
    await writeFile(`${directory}/config`, proxy.config(directory, port, new URL(scene.fairlead.hooksUrl).host));
    const [command, ...args] = proxy.command(directory);
    const child = spawn(command, args, {
      stdio: "ignore",
      env: { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
    });
    onTestFinished(async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    });
    await scene.until("the proxy", () => isOpen(port));

    const ca = await readFile(`${directory}/cert.pem`, "utf8");
    const call = (path: string, body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host, "content-type": "application/json" };
        const options = { host: "127.0.0.1", port, path, method: "POST", servername: host, ca, headers, agent: false };
        request(options, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end(body);
      });
    const body = JSON.stringify({ image: scene.image() });
    expect(await call(`/hooks/generic/${scene.hookSecret}`, body)).toBe(202);
    expect(await call("/hooks/generic/wrong", body)).toBe(404);
    expect(await call("/api/v1/services", "")).toBe(404);
    expect(await call("/", "")).toBe(404);
    const log = await readFile(`${directory}/access.log`, "utf8").catch(() => "");
    expect(log).not.toContain(scene.hookSecret);
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).on("error", () => {
      resolve(false);
    });
  });
}
