import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ImageReference } from "../../../src/compose/values/image.js";
import type { Clock } from "../../../src/control/ports/clock.js";
import { FairleadError } from "../../../src/errors.js";
import type { RegistrySettings } from "../../../src/registry/client/settings.js";
import { connectRegistry, type RegistryConnection } from "../../../src/registry/connect.js";
import { manualClock } from "../control/clock.js";
import { startFake, type Fake } from "./fake-registry.js";

export interface Watched extends RegistryConnection {
  /** Where its config.json lies. */
  readonly directory: string;
  /** `docker.io HEAD 200` for each request. */
  readonly requests: string[];
  readonly remaining: number[];
  readonly warnings: string[];
  /** `reg.lan open: has not answered…`, or `closed`. */
  readonly circuits: string[];
  /** `reg.lan 60000`, with the reason where one was told. */
  readonly paces: string[];
  /** `docker.io m.lan`, for each that was passed over. */
  readonly passed: string[];
  /** Moves the clock. */
  readonly advance: (ms: number) => Promise<void>;
  readonly clock: Clock;
}

/** A registry client that ends with the test; `config` is what config.json holds. */
export async function connect(settings: RegistrySettings = {}, config?: unknown, timeoutMs = 2000): Promise<Watched> {
  const directory = await mkdtemp(join(tmpdir(), "registry-"));
  if (config !== undefined) await writeFile(join(directory, "config.json"), JSON.stringify(config));
  const requests: string[] = [];
  const remaining: number[] = [];
  const warnings: string[] = [];
  const [circuits, paces, passed]: [string[], string[], string[]] = [[], [], []];
  const clock = manualClock(Date.parse("2026-11-30T12:00:00Z"));
  const registry = connectRegistry({
    settings,
    dockerConfig: directory,
    helperEnvironment: process.env,
    timeoutMs,
    clock,
    telemetry: {
      requested: (name, method, code) => requests.push(`${name} ${method} ${code}`),
      pullsRemaining: (_name, count) => remaining.push(count),
      circuit: (name, isOpen, news) =>
        circuits.push(`${name} ${isOpen ? "open" : "closed"}${news === undefined ? "" : `: ${news}`}`),
      paced: (name, gapMs, reason) =>
        paces.push(`${name} ${Math.round(gapMs)}${reason === undefined ? "" : `: ${reason}`}`),
      passedOver: (name, mirror) => passed.push(`${name} ${mirror}`),
      warned: (name, text) => warnings.push(`${name}: ${text}`),
    },
  });
  onTestFinished(async () => {
    await registry.close();
    await rm(directory, { recursive: true });
  });
  const told = { requests, remaining, warnings, circuits, paces, passed };
  return { ...registry, ...told, directory, clock, advance: (ms) => clock.advance(ms) };
}

/** A fake registry that ends with the test. */
export async function fakeRegistry(...options: Parameters<typeof startFake>): Promise<Fake> {
  const fake = await startFake(...options);
  onTestFinished(fake.close);
  return fake;
}

export function image(registry: string, repository = "acme/web", tag = "1.2"): ImageReference {
  return { registry, repository, tag, digest: undefined };
}

export function login(...hosts: string[]): unknown {
  const auth = Buffer.from("bob:s3cret-pw").toString("base64");
  return { auths: Object.fromEntries(hosts.map((host) => [host, { auth }])) };
}

/** The FairleadError a promise ends in; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<FairleadError> {
  const thrown: unknown = await promise.then(
    (value) => new Error(`no failure but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof FairleadError) return thrown;
  throw thrown;
}
