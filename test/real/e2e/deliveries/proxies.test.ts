import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { enterNetns } from "../../../sandbox/network/netns.js";
import { ensurePackages, type Package } from "../../../sandbox/host/packages.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { startLoad } from "../scene/load.js";
import { order, quick, test } from "../scene/scene.js";

/** A proxy of the user's own, as docs/proxies.md configures it; it listens on port 80 of its container's network. */
interface Recipe {
  readonly name: string;
  readonly package: Package;
  readonly command: (directory: string) => readonly [string, ...string[]];
  readonly config: (directory: string) => string;
  readonly leaving: object;
}

const caddyCommand = (directory: string) =>
  ["caddy", "run", "--adapter", "caddyfile", "--config", `${directory}/config`] as const;

const caddyDynamic: Recipe = {
  name: "Caddy, dynamic upstreams by name",
  package: "caddy",
  command: caddyCommand,
  config: () => `{
    admin off
    auto_https off
  }
  :80 {
    reverse_proxy {
      dynamic a {
        name web
        port 8080
        refresh 1s
        resolvers 127.0.0.11:53
      }
      lb_try_duration 5s
      lb_try_interval 100ms
    }
  }`,
  leaving: { drain: "5s" },
};

const nginxVariable: Recipe = {
  name: "nginx, a name resolved again",
  package: "nginx-light",
  command: (directory) => ["nginx", "-p", directory, "-c", `${directory}/config`, "-g", "daemon off;"],
  config: (directory) => `
    pid ${directory}/nginx.pid;
    error_log ${directory}/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
      fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
      resolver 127.0.0.11 valid=1s ipv6=off;
      server {
        listen 80;
        location / {
          set $web http://web:8080;
          proxy_pass $web;
          proxy_connect_timeout 2s;
          proxy_next_upstream error timeout;
        }
      }
    }`,
  leaving: { drain: "5s" },
};

describe("behind a proxy of the user's own", () => {
  for (const recipe of [caddyDynamic, nginxVariable]) {
    test(`${recipe.name}: no request is lost`, async ({ scene, expect, skip }) => {
      const problem = await ensurePackages([recipe.package]).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      skip(problem !== undefined, problem);
      const port = await freePort();
      const first = await scene.push({ version: "v1", healthcheck: quick });
      await scene.push({ name: "edge", serve: "none" });
      await scene.write({
        web: { ...order("start-first"), "x-fairlead": recipe.leaving },
        edge: { ports: [`127.0.0.1:${port}:80`] },
      });
      await scene.start();
      await scene.untilServing(first.digest);
      const edge = await scene.until("the edge", () => scene.active("edge"));
      const { State } = await scene.docker.getContainer(edge.id).inspect();
      const directory = `${scene.directory}/proxy`;
      await mkdir(directory);
      await writeFile(`${directory}/config`, recipe.config(directory));
      const [command, ...args] = recipe.command(directory);
      const proxy = spawn(...enterNetns(`/proc/${State.Pid}/ns/net`, command, args), {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
      });
      try {
        const url = `http://127.0.0.1:${port}/`;
        await scene.until(
          "the proxy",
          () =>
            fetch(url)
              .then(({ ok }) => ok)
              .catch(() => false),
          10_000,
        );
        const end = startLoad(url);
        await sleep(2_000);
        const second = await scene.push({ version: "v2", healthcheck: quick });
        await scene.hook();
        await scene.untilServing(second.digest);
        await sleep(2_000);
        const report = await end();
        expect(report.failures).toEqual({});
        expect(report.answers["v1"]).toBeGreaterThan(100);
        expect(report.answers["v2"]).toBeGreaterThan(100);
      } finally {
        const ended = once(proxy, "exit");
        proxy.kill("SIGTERM");
        await ended;
      }
    });
  }
});
