import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import type { Dependency, ServiceSpec } from "../../../../src/compose/model/service.js";
import type { Log } from "../../../../src/control/ports/log.js";
import { silentLog } from "../../../../src/console/log.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { port8080, specOf } from "../../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

/** What a random project says of one service; it may depend on those before it. */
interface Draft {
  readonly kind: "serves" | "completes" | "stop-first" | "two";
  readonly dependsOn: readonly { readonly on: number; readonly healthy: boolean; readonly required: boolean }[];
  /** Its tag moves. */
  readonly moves: boolean;
  /** No registry knows its newest image. */
  readonly missing: boolean;
  /** It is in the file only after the first deployment. */
  readonly late: boolean;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(
    "serves" as const,
    "completes" as const,
    "completes" as const,
    "stop-first" as const,
    "two" as const,
  ),
  dependsOn: fc.array(fc.record({ on: fc.nat(2), healthy: fc.boolean(), required: fc.boolean() }), {
    minLength: 1,
    maxLength: 2,
  }),
  moves: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
  missing: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  late: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
});

const healthcheck = {
  disabled: false,
  test: ["CMD", "true"],
  intervalMs: 1_000,
  timeoutMs: 1_000,
  retries: 2,
  startPeriodMs: 0,
} as const;

function specFor({ kind, dependsOn }: Draft, index: number, drafts: readonly Draft[]): ServiceSpec {
  const needed = new Map(dependsOn.flatMap((one) => (one.on < index ? [[one.on, one] as const] : [])));
  const dependencies = [...needed.values()].map(({ on, healthy, required }): Dependency => {
    const served = healthy ? "service_healthy" : "service_started";
    const condition = drafts[on]?.kind === "completes" ? "service_completed_successfully" : served;
    return { service: `s${on}`, condition, required, restart: false };
  });
  const name = `s${index}`;
  const base = specOf({
    name,
    image: { registry: "docker.io", repository: `acme/${name}`, tag: "latest", digest: undefined },
    dependsOn: dependencies,
    update: { monitorMs: 500 },
    container: {
      healthcheck: kind === "completes" ? undefined : healthcheck,
      ports: kind === "stop-first" ? [{ ...port8080, hostPort: 8080 + index }] : [],
      restart: { name: kind === "completes" ? "no" : "always", maximumRetryCount: 0 },
    },
  });
  if (kind === "completes") return { ...base, oneShot: true };
  return kind === "two" ? { ...base, replicas: 2 } : base;
}

const behaviourOf = ({ kind }: Draft): Behaviour =>
  kind === "completes" ? { check: "none", exitsAfterMs: 2_000, exitCode: 0 } : {};

/** The steps of every run, by service. */
class Steps {
  readonly of = new Map<string, string[]>();
  /** The services that had to wait for what has to complete. */
  readonly held = new Set<string>();

  log(service = ""): Log {
    const steps = this.of.get(service) ?? [];
    this.of.set(service, steps);
    return {
      ...silentLog,
      info: (fields, message) => {
        if ("step" in fields) steps.push(message);
        else if (/^s\d has not completed yet/.test(message)) this.held.add(service);
      },
      child: (fields) => this.log("service" in fields ? String(fields["service"]) : service),
    };
  }
}

/** Whatever needs one that comes late comes late too. */
function isLate(index: number, drafts: readonly Draft[]): boolean {
  const its = drafts[index];
  return its?.late === true || (its?.dependsOn ?? []).some(({ on }) => on < index && isLate(on, drafts));
}

/** Who of several that lack the same network comes first is chance, and nothing hangs on it. */
const isOwn = (line: string) => !line.startsWith("create network ");

async function compare(drafts: readonly Draft[]): Promise<void> {
  const specs = drafts.map(specFor);
  const stage = await openStage(specs.filter((_spec, index) => !isLate(index, drafts)));
  stages.push(stage);
  for (const [index, spec] of specs.entries()) stage.push(`${index}`, behaviourOf(drafts[index]!), spec);
  const steps = new Steps();
  const controller = await stage.start({ log: steps.log() });
  await stage.pass(30_000);
  for (const [index, spec] of specs.entries()) {
    const its = drafts[index]!;
    if (its.moves) stage.push("abcd".charAt(index), behaviourOf(its), spec);
    if (its.missing && its.moves) stage.registry.tags.delete(`docker.io/acme/${spec.name}:latest`);
  }
  steps.of.clear();
  steps.held.clear();
  stage.specs.splice(0, stage.specs.length, ...specs);
  stage.reload();
  controller.surface.reconcile(
    specs.map(({ project, name }) => `${project}/${name}` as const),
    "hook",
  );
  const foretold = controller.surface.plan();
  await stage.pass(60_000);
  const ways = (await foretold).map(({ service, text }) => {
    const lines = text.split("\n").map((line) => line.trimStart());
    return { service, lines: lines.slice(1).filter((line) => isOwn(line) && !line.startsWith("nothing to do:")) };
  });
  expect(
    ways.map(({ service, lines }) => ({ service, steps: lines.filter((line) => !/^(?:wait|then:)/.test(line)) })),
  ).toEqual(specs.map(({ name }) => ({ service: name, steps: (steps.of.get(name) ?? []).filter(isOwn) })));
  const waiting = ways.filter(({ lines }) => lines.some((line) => /^(?:wait|then): s\d (?:is|has) not /.test(line)));
  expect(waiting.map(({ service }) => service)).toEqual(expect.arrayContaining([...steps.held]));
}

const serves: Draft = { kind: "serves", dependsOn: [], moves: true, missing: false, late: false };
const needsFirst = [{ on: 0, healthy: false, required: true }];

it("starts nothing that is to wait for what has to complete first", async () => {
  await compare([
    { ...serves, kind: "completes" },
    { ...serves, dependsOn: needsFirst },
  ]);
});

it("foretells what the controller does, for random projects", { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(draft, { minLength: 2, maxLength: 4 }), compare), {
    numRuns: Number(process.env["RUNS"] ?? 10),
    endOnFailure: true,
  });
});
