import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate as tick } from "node:timers/promises";
import type { Express } from "express";
import { program } from "../../../src/cli/program.js";
import type { Wiring } from "../../../src/cli/shared/wiring.js";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import type { Problem } from "../../../src/compose/values/problem.js";
import type { Config } from "../../../src/config/config.js";
import type { Controller } from "../../../src/control/controller.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import type { SourceSnapshot } from "../../../src/control/ports/source.js";
import type { Surface } from "../../../src/control/surface/surface.js";
import { adminApp } from "../../../src/http/admin/admin.js";
import { hooksApp } from "../../../src/http/hooks/hooks.js";
import { logForPeople, logForPrograms } from "../../../src/console/log.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import { Secret } from "../../../src/tools/secret.js";
import { voice } from "../../../src/console/voice.js";
import { openStage, type Stage } from "../control/lives/stage.js";

export const secret = "correct-horse-battery-staple";

/** What has come out of Fairlead, and where. */
export interface Said {
  readonly where: string;
  /** `lines`: for people; `json`: one document; `objects`: one a line; `events`: Server-Sent Events. */
  readonly kind: "lines" | "json" | "objects" | "events" | "page";
  readonly text: string;
}

/** The whole of Fairlead on a simulated host: what is not real is the clock, the host and the registry. */
export interface House {
  readonly stage: Stage;
  readonly controller: Controller;
  /** What the files' source says is wrong, from now on. */
  problems: readonly Problem[];
  hook(path: string, body: object): Promise<Said>;
  /** Asks every sink there is. */
  everything(): Promise<readonly Said[]>;
  close(): Promise<void>;
}

const verbs: readonly (readonly string[])[] = [
  ...[
    ["status"],
    ["status", "web"],
    ["history"],
    ["history", "web"],
    ["history", "web", "--revision", "1"],
    ["apply", "--admin", "HERE", "--timeout", "2s"],
    ["events"],
    ["logs", "--failed"],
    ["explain", "web"],
  ],
  ...[["logs", "--build", "web"], ["logs"], ["plan"], ["validate"], ["wait", "web", "--timeout", "0s"]],
  ...[
    ["status", "no-such"],
    ["rollback", "web"],
    ["approve", "web"],
  ],
];
const withJson: readonly (readonly string[])[] = [
  ...[["status"], ["status", "web"], ["history"], ["logs", "--failed"], ["plan"], ["validate"], ["explain", "web"]],
];
const withObjects: readonly (readonly string[])[] = [["events"], ["logs"]];

export async function openHouse(specs: ServiceSpec[], through: (engine: Engine) => Engine): Promise<House> {
  const stage = await openStage(specs);
  const lines: string[] = [];
  const people = new PassThrough();
  const forPeople = collected(people);
  const both = await Promise.all([
    logForPrograms("debug", { write: (line) => void lines.push(line) }),
    logForPeople("debug", people),
  ]);
  const log = fanOut(both);
  const metrics = new Metrics("0");
  const controller = await stage.start({ engine: through(stage.process.engine), log, telemetry: metrics });
  const state = { problems: [] as readonly Problem[] };
  const surface: Surface = new Proxy(controller.surface, {
    get: (target, name, receiver) =>
      name === "problems" ? () => state.problems : (Reflect.get(target, name, receiver) as unknown),
  });
  const admin = await listening(adminApp({ surface, metrics, log, version: "0" }));
  const hooks = await listening(hooksApp({ surface, secrets: [new Secret(secret)], telemetry: metrics, log }));
  const snapshot = (): SourceSnapshot => ({
    generation: 1,
    projects: [{ name: "shop", file: state.problems[0]?.file ?? "services.yaml", services: specs }],
    problems: state.problems,
    warnings: [],
    files: new Map(),
  });

  const run = async (args: readonly string[]): Promise<readonly [string, string]> => {
    const [out, errors] = [new PassThrough(), new PassThrough()];
    const [printed, complained] = [collected(out), collected(errors)];
    const wiring: Wiring = {
      version: "0",
      configure: () => Promise.resolve({ adminListen: admin.host, notices: [] as Config["notices"] } as Config),
      locate: () => Promise.resolve({ adminListen: admin.host, adminToken: undefined }),
      start: () => Promise.reject(new Error("not here")),
      act: () => Promise.reject(new Error("not here")),
      draft: () => Promise.reject(new Error("not here")),
      load: () => Promise.resolve(snapshot()),
      resolve: () => Promise.resolve({ projects: [], problems: state.problems, warnings: [] }),
      tell: () => Promise.reject(new Error("nobody is told")),
      preview: async () => ({ remembers: true, plans: await surface.plan(), orphans: await surface.orphans() }),
      examine: () => Promise.reject(new Error("not here")),
      inspect: () => Promise.reject(new Error("not here")),
      terminal: true,
      errorTerminal: true,
      readText: () => state.problems[0]?.message,
      ...voice(out, errors),
    };
    await program(wiring, ["node", "fairlead", ...args.map((arg) => (arg === "HERE" ? `http://${admin.host}` : arg))]);
    await tick();
    return [printed(), complained()];
  };
  const verb = async (args: readonly string[], kind: Said["kind"]): Promise<readonly Said[]> => {
    const [printed, complained] = await run(args);
    const where = `fairlead ${args.join(" ")}`;
    return [
      { where, kind, text: printed },
      { where: `${where} (complaint)`, kind: "lines", text: complained },
    ];
  };
  const get = async (path: string, kind: Said["kind"], accept = "*/*"): Promise<Said> => {
    const response = await fetch(`http://${admin.host}${path}`, { headers: { accept } });
    return { where: `GET ${path} ${accept}`, kind, text: await response.text() };
  };

  return {
    stage,
    controller,
    set problems(problems: readonly Problem[]) {
      state.problems = problems;
    },
    hook: async (path, body) => {
      const response = await fetch(`http://${hooks.host}/hooks/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
        body: JSON.stringify(body),
      });
      return { where: `POST /hooks/${path}`, kind: "json", text: await response.text() };
    },
    everything: async () => {
      const said: Said[] = [];
      for (const args of verbs) said.push(...(await verb(args, "lines")));
      for (const args of withJson) said.push(...(await verb([...args, "--json"], "json")));
      for (const args of withObjects) said.push(...(await verb([...args, "--json"], "objects")));
      const service = "/api/v1/services/shop/web";
      for (const path of [
        "/api/v1/services",
        service,
        `${service}/history`,
        `${service}/rollout`,
        "/api/v1/plan",
        "/readyz",
      ])
        said.push(await get(path, "json"));
      said.push(await get(`${service}/build`, "json"));
      said.push(await get("/api/v1/events?follow=false", "events", "text/event-stream"));
      said.push(await get("/api/v1/events?follow=false", "objects", "application/x-ndjson"));
      said.push(await get("/api/v1/logs", "objects", "application/x-ndjson"));
      said.push(await get("/metrics", "lines"), await get("/", "page"));
      said.push({ where: "log", kind: "objects", text: lines.join("") });
      said.push({ where: "log for people", kind: "lines", text: forPeople() });
      return said;
    },
    close: async () => {
      await controller.stop();
      await Promise.all([admin.close(), hooks.close(), stage.close()]);
    },
  };
}

function collected(stream: PassThrough): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  return () => chunks.join("");
}

function fanOut(logs: readonly Awaited<ReturnType<typeof logForPrograms>>[]): (typeof logs)[number] {
  const at = (level: "debug" | "info" | "warn" | "error") => (fields: object, message: string) => {
    for (const log of logs) log[level](fields, message);
  };
  return {
    ...{ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    child: (fields) => fanOut(logs.map((log) => log.child(fields))),
  };
}

async function listening(app: Express): Promise<{ readonly host: string; close(): Promise<void> }> {
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
