import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import { FairleadError } from "../../../src/errors.js";
import type { HostSnapshot, ObservedNetwork } from "../../../src/plan/model/host/host-snapshot.js";
import { specOf } from "../plan/world.js";
import { openHouse, type House, type Said } from "./house.js";

/** C0, C1, bidirectional overrides, invisible and separating characters, lone surrogates. */
const steering = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const mark = "FORGED";
/** By it words are known wherever they come out. */
const author = "Kilroy";
/** What others say: it would steer a terminal, break lines, or look like a line of ours. */
const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(`\n${mark} `, `\r\n${mark} `, `\u2028${mark} `, `\u0085${mark} `, `\n{"level":"${mark}"}\n`),
      fc.constantFrom(`\n\ndata: ${mark}\n\n`, "<script>alert(1)</script>", "\u001b]0;title\u0007", "\u001b]8;;x"),
      fc.constantFrom(
        "\u001b[8m",
        "\u001b[32m",
        "\u009b2J",
        "\u202e",
        "\u0000",
        "\u200b",
        "\ud800",
        "\u2066",
        "\ufeff",
        "é",
        "字",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { minLength: 3, maxLength: 8 },
  )
  .map((parts) => `${author}${parts.join("")}!`);

/** Of a table's head, of a place in a file, and of the levels of a log for people. */
const ownColours = /\u001b\[(?:1|2|22|31|39)m/g;
const logColours = /\u001b\[[\d;]*m/g;

function expectPlain({ where, kind, text }: Said): void {
  const own = text.replace(where === "log for people" ? logColours : ownColours, "");
  expect(own.replaceAll("\n", ""), where).not.toMatch(steering);
  if (kind === "lines" || kind === "page") {
    for (const line of own.split("\n")) expect(line.trimStart().startsWith(mark), `${where}: ${line}`).toBe(false);
  }
  const ours = /<script src="\/page\/[0-9a-f]+\/page\.js" defer><\/script>/;
  if (kind === "page") expect(text.replace(ours, "")).not.toContain("<script");
  // A verb that fails says why beside it.
  if (kind === "json" && text !== "") expect(JSON.parse(text), where).toBeTypeOf("object");
  if (kind === "objects") {
    for (const line of text.split("\n")) {
      const value = JSON.parse(line === "" ? "{}" : line) as { readonly level?: unknown };
      expect(value.level, where).not.toBe(mark);
    }
  }
  if (kind === "events") {
    for (const line of text.split("\n")) expect(line, where).toMatch(/^(id: |event: |data: \{.*\}$|:?$)/);
  }
}

interface Port {
  readonly name: string;
  readonly specs?: (text: string) => ServiceSpec[];
  readonly through?: (text: string) => (engine: Engine) => Engine;
  /** Where it has to come out at least, or nothing would be tried. */
  readonly reaches: readonly string[];
  /** Has the port say it, after a first good image serves. */
  readonly say: (house: House, text: string) => Promise<readonly Said[] | undefined>;
}

const key = "shop/web" as const;
const look = async ({ controller, stage }: House, ms = 10_000) => {
  controller.surface.reconcile([key], "hook");
  await stage.pass(ms);
  return undefined;
};

/** The host as it is, but for what others have named, labelled and said there. */
const told =
  (change: (host: HostSnapshot, text: string) => Partial<HostSnapshot>) =>
  (text: string) =>
  (engine: Engine): Engine =>
    new Proxy(engine, {
      get: (target, name, receiver) => {
        if (name !== "snapshot") return Reflect.get(target, name, receiver) as unknown;
        const snapshot: Engine["snapshot"] = async (claim) => {
          const host = await target.snapshot(claim);
          return { ...host, ...change(host, text) };
        };
        return snapshot;
      },
    });

const folder = "/srv/web";
const built = specOf({ build: { context: { kind: "path", path: folder }, args: {}, labels: {} } });
const network: ObservedNetwork = {
  ...{ id: "n1", driver: "bridge", options: {}, internal: false, attachable: false, ipv6: false, labels: {} },
  ...{ ipam: { config: [] }, project: "shop", hash: undefined, foreign: [] },
};

const ports: readonly Port[] = [
  {
    name: "the registry",
    reaches: ["fairlead status", "log", "log for people", "GET /api/v1/services */*", "GET / */*", "fairlead events"],
    say: async (house, text) => {
      house.stage.registry.down = new FairleadError("RegistryUnavailable", text, { remedy: text });
      return look(house);
    },
  },
  ...(["refusedAtCreate", "refusedAtStart"] as const).map((how): Port => ({
    name: `the engine, of an image that is ${how}`,
    reaches: ["fairlead status", "log", "GET / */*", "fairlead events"],
    say: async (house, text) => {
      house.stage.push("b", { check: "none", [how]: text });
      return look(house, 20_000);
    },
  })),
  {
    name: "the engine, to any call",
    reaches: ["log", "log for people", "GET / */*"],
    say: async (house, text) => {
      const { engine } = house.stage;
      engine.createContainer = () => Promise.reject(new FairleadError("EngineRefused", text, { remedy: text }));
      engine.snapshot = () => Promise.reject(new Error(text));
      return look(house, 20_000);
    },
  },
  {
    name: "a container, in its log",
    reaches: ["fairlead status web", "fairlead logs --failed", "log", "log for people"],
    say: async (house, text) => {
      house.stage.push("b", { check: "none", exitsAfterMs: 10, output: [text], errors: [text] });
      return look(house, 20_000);
    },
  },
  {
    name: "a container's health check, and its start",
    reaches: ["fairlead status", "log", "GET / */*"],
    through: told(({ containers }, text) => ({
      containers: containers.map((one) => ({ ...one, healthProblem: text, startError: text })),
    })),
    say: async (house) => {
      house.stage.push("b", { healthyAfterMs: "never" });
      return look(house, 60_000);
    },
  },
  {
    name: "others' containers, networks and volumes",
    reaches: ["fairlead plan", "GET /api/v1/plan */*"],
    through: told((host, text) => ({
      foreign: [
        { id: "f1", name: text, image: text, compose: { project: "shop", service: "web", slot: 1 }, facts: undefined },
        { id: "f2", name: `${text}2`, image: text, compose: undefined, facts: undefined },
      ],
      networks: new Map([...host.networks, [text, { ...network, foreign: [text] }]]),
      volumes: new Map([...host.volumes, [text, { driver: text, options: {}, labels: {}, project: "shop" }]]),
    })),
    say: (house) => look(house),
  },
  {
    name: "git, and what builds",
    reaches: ["fairlead status", "fairlead plan", "GET / */*"],
    specs: () => [built],
    say: async (house, text) => {
      house.stage.contexts.identify = () => Promise.reject(new FairleadError("BuildFailed", text, { remedy: text }));
      return look(house);
    },
  },
  {
    name: "a build's own lines",
    reaches: ["fairlead logs --build web", "log", "log for people"],
    specs: () => [built],
    say: async (house, text) => {
      const dockerfile = `FROM scratch\nRUN ${text.replaceAll(/[\r\n]/g, "")}\nQUUX`;
      house.stage.contexts.folders.set(folder, { Dockerfile: dockerfile });
      return look(house, 20_000);
    },
  },
  {
    name: "a probe",
    reaches: ["fairlead status", "log", "GET / */*"],
    specs: () => [
      specOf({
        probe: { check: { kind: "tcp", port: 8080 }, intervalMs: 500, timeoutMs: 500, retries: 1, startPeriodMs: 0 },
      }),
    ],
    say: async (house, text) => {
      house.stage.prober.answer = () => ({ kind: "failed", message: text });
      return look(house, 20_000);
    },
  },
  {
    name: "whoever sends webhooks",
    reaches: ["POST /hooks/generic"],
    say: async (house, text) => [
      await house.hook("generic", { image: text }),
      await house.hook("generic", { service: text }),
      await house.hook("generic", { image: `docker.io/acme/web:${text}` }),
      await house.hook("dockerhub", { push_data: { tag: text }, repository: { repo_name: text } }),
      await house.hook("delivery-hook/pull", { container_name: text }),
      await house.hook("delivery-hook/build", { service: text }),
    ],
  },
  {
    name: "a services file, by its name and what stands in it",
    reaches: ["fairlead validate (complaint)", "GET / */*", "GET /api/v1/services */*"],
    say: (house, text) => {
      house.problems = [{ file: text, line: 1, column: 2, path: text, message: text, hint: text }];
      return Promise.resolve(undefined);
    },
  },
];

describe("what others say steers no terminal and forges no line, wherever it comes out", () => {
  it.each(ports)(
    "said by $name",
    async ({ specs, through, reaches, say }) => {
      await fc.assert(
        fc.asyncProperty(words, async (text) => {
          const house = await openHouse(specs?.(text) ?? [specOf()], through?.(text) ?? ((engine) => engine));
          try {
            house.stage.push("a", { check: "none" });
            await house.stage.pass(5_000);
            const answers = await say(house, text);
            const said = [...(answers ?? []), ...(await house.everything())];
            said.forEach(expectPlain);
            const heard = said.filter(({ text: heardText }) => heardText.includes(author)).map(({ where }) => where);
            expect(heard).toEqual(expect.arrayContaining([...reaches]));
          } finally {
            await house.close();
          }
        }),
        { numRuns: 4 },
      );
    },
    60_000,
  );
});
