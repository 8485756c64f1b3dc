import { connect } from "node:net";
import type { Express } from "express";
import { onTestFinished } from "vitest";
import { hooksApp, type HooksOptions } from "../../../src/http/hooks/hooks.js";
import type { HttpLog } from "../../../src/http/web/log.js";
import { startServer } from "../../../src/http/web/server.js";
import { Secret } from "../../../src/tools/secret.js";
import { type FakeSurface, fakeSurface } from "./surface.js";

export const secret = "correct-horse-battery-staple";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export function memoryLog(): HttpLog & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine["level"]) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Served {
  readonly port: number;
  readonly url: string;
  send(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** An app on a real loopback port until the test ends. */
export async function serve(app: Express): Promise<Served> {
  const server = await startServer(app, { host: "127.0.0.1", port: 0 }, "test");
  onTestFinished(() => server.close(0));
  const url = `http://127.0.0.1:${server.address.port}`;
  const send = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  return {
    port: server.address.port,
    url,
    send,
    post: (path, body, headers = {}) =>
      send(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body:
          typeof body === "string" ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
      }),
  };
}

export interface ServedHooks extends Served {
  readonly surface: FakeSurface;
  readonly log: ReturnType<typeof memoryLog>;
  readonly counted: string[];
}

export async function serveHooks(
  options: Partial<HooksOptions> & { surface?: FakeSurface } = {},
): Promise<ServedHooks> {
  const surface = options.surface ?? fakeSurface();
  const log = memoryLog();
  const counted: string[] = [];
  const telemetry = { hookAnswered: (type: string, outcome: string) => void counted.push(`${type} ${outcome}`) };
  const served = await serve(hooksApp({ secrets: [new Secret(secret)], telemetry, log, ...options, surface }));
  return { ...served, surface, log, counted };
}

/** Writes bytes to a socket and returns every byte that came back before it closed, matched `until`, or took `withinMs`. */
export function exchange(
  port: number,
  text: string,
  withinMs = 5000,
  until?: RegExp,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), closed });
    };
    const timer = setTimeout(finish, withinMs, false);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (until?.test(Buffer.concat(chunks).toString("latin1")) === true) finish(false);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      finish(true);
    });
  });
}

/** The example of Docker Hub's own documentation, its odd values included. */
export const dockerHubExample = {
  callback_url: "https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/",
  push_data: {
    pushed_at: 1417566161,
    pusher: "trustedbuilder",
    tag: "latest",
  },
  repository: {
    comment_count: 0,
    date_created: 1417494799,
    description: "",
    dockerfile: "#\n# BUILD\u0009\u0009docker build -t svendowideit/apt-cacher .\n",
    full_description: "Docker Hub based automated build from a GitHub repo",
    is_official: false,
    is_private: true,
    is_trusted: true,
    name: "testhook",
    namespace: "svendowideit",
    owner: "svendowideit",
    repo_name: "svendowideit/testhook",
    repo_url: "https://registry.hub.docker.com/u/svendowideit/testhook/",
    star_count: 0,
    status: "Active",
  },
};

/** A push as Docker Hub reports it. */
export function push(repository: string, tag: unknown = "latest"): object {
  return { push_data: { pushed_at: 1.417566161e9, tag, images: null }, repository: { repo_name: repository } };
}
