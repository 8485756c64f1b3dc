import type { Progress, History, Surface } from "../../../control/surface/surface.js";
import type { ServiceKey } from "../../../compose/model/service.js";
import { asFairleadError } from "../../../errors.js";
import { ask, fetchServices } from "../../shared/admin.js";
import type { Admin, Service } from "../../shared/admin.js";
import { polled } from "../../shared/address.js";
import { streamText } from "../../shared/stream.js";
import type { Standing } from "../../shared/verdict.js";

export interface Named {
  readonly project: string;
  readonly service: string;
}

/** A service as it stands. */
export type Seen = Standing & Pick<Service, "observedAt">;

/** Whoever has the services as wanted: a controller, or this process. */
export interface Operator {
  services(): Promise<readonly Seen[]>;
  reconcile(one: Named): Promise<void>;
  /** What is done for the services, as it happens, until the signal aborts. */
  follow(services: readonly Named[], signal: AbortSignal): AsyncIterable<Progress>;
  failures(one: Named): Promise<History["failures"]>;
}

/** A controller, by its API. One that is away for a moment, as while it replaces itself, is waited for. */
export function through(admin: Admin): Operator {
  const asked = polled(admin);
  return {
    services: () => fetchServices(asked),
    reconcile: async ({ project, service }) => {
      const path = { project, service };
      await ask(admin, "post", "/api/v1/services/{project}/{service}/reconcile", { path });
    },
    follow: (services, signal) => followed(admin, services, signal),
    failures: async ({ project, service }) => {
      const path = { project, service };
      return (await ask(admin, "get", "/api/v1/services/{project}/{service}/history", { path })).failures;
    },
  };
}

/** This process itself, in office. */
export function ourselves(surface: Surface): Operator {
  return {
    services: () => Promise.resolve(surface.services()),
    // It looks at everything as soon as it has seen the host.
    reconcile: () => Promise.resolve(),
    follow: (services, signal) => surface.progresses(services.map(keyOf), signal),
    failures: async (one) => (await surface.history(keyOf(one))).failures,
  };
}

export function keyOf({ project, service }: Named): ServiceKey {
  return `${project}/${service}`;
}

const mostNamed = 200;
const againMs = 1_000;

async function* followed(admin: Admin, services: readonly Named[], signal: AbortSignal): AsyncGenerator<Progress> {
  const query = new URLSearchParams(services.map((one): [string, string] => ["service", keyOf(one)]));
  const path = services.length > mostNamed ? "/api/v1/rollouts" : `/api/v1/rollouts?${query.toString()}`;
  const wanted = new Set<string>(services.map(keyOf));
  while (!signal.aborted) {
    try {
      for await (const progress of messages(streamText(admin, path, "text/event-stream", signal))) {
        if (wanted.has(keyOf(progress))) yield progress;
      }
    } catch (thrown) {
      if (!isOver(signal) && asFairleadError(thrown).code !== "ApiUnreachable") throw thrown;
    }
    await pause(againMs, signal);
  }
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function* messages(pieces: AsyncIterable<string>): AsyncGenerator<Progress> {
  let rest = "";
  for await (const piece of pieces) {
    const parts = (rest + piece).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      if (data !== undefined) yield JSON.parse(data.slice("data: ".length)) as Progress;
    }
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
