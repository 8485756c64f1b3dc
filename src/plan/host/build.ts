import type { BuildSpec } from "../../compose/model/container/build-spec.js";
import { buildHash } from "../../compose/model/hash.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { familiarImage } from "../../compose/values/image.js";
import type { BuildNeed, FoundTarget } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { builtMark } from "../model/host/names.js";
import type { ObservedImage } from "../model/host/host-snapshot.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { renderContext } from "../steps/render.js";

/** A build of this process, by its mark. */
export type BuildState = { readonly state: "running" } | { readonly state: "failed"; readonly message: string };

/** What is remembered of a service's builds. Times are epoch milliseconds. */
export interface BuildMemory {
  /** When a build was last asked for, by a hook or a person: one that began before does not count. */
  readonly askedAt: number | undefined;
  /** The last build that went well. */
  readonly done: { readonly inputs: string; readonly beganAt: number } | undefined;
  /** The last one that would fail again with the same inputs. */
  readonly failed: { readonly inputs: string; readonly beganAt: number; readonly message: string } | undefined;
}

export const noBuilds: BuildMemory = { askedAt: undefined, done: undefined, failed: undefined };

export interface BuildInput {
  readonly spec: ServiceSpec;
  readonly build: BuildSpec;
  /** Identifies what the context holds; hexadecimal. */
  readonly contents: string;
  readonly images: readonly ObservedImage[];
  readonly states: ReadonlyMap<string, BuildState>;
  readonly memory: BuildMemory;
  /** When a person last asked to forget what failed. */
  readonly retriedAt: number | undefined;
}

/**
 * The image that stands for the present inputs: the one that bears their mark. A build that was asked for counts as
 * done when one has begun and gone well since.
 */
export function buildTarget({ spec, build, contents, images, states, memory, retriedAt }: BuildInput): FoundTarget {
  const inputs = `${buildHash(build)}${contents.slice(0, 24)}`;
  const mark = builtMark(spec, inputs);
  const name = familiarImage(spec.image);
  const askedAt = memory.askedAt ?? 0;
  const image = images.find(({ tags }) => tags.includes(mark));
  const answered = memory.askedAt === undefined || (memory.done?.inputs === inputs && memory.done.beganAt >= askedAt);
  const state = states.get(mark);
  if (state?.state === "running") {
    return { known: false, reason: "Building", message: `${name} is being built`, build: { state: "running" } };
  }
  if (image !== undefined && answered) {
    return { known: true, digest: image.id, sameContent: [], local: true };
  }
  if (state?.state === "failed") {
    return {
      known: false,
      reason: "BuildFailed",
      message: state.message,
      build: { state: "failed", lasting: false, mark },
    };
  }
  const { failed } = memory;
  if (failed?.inputs === inputs && failed.beganAt >= Math.max(askedAt, retriedAt ?? 0)) {
    const message = `${failed.message}; it is built again when what it is made of changes, or on request`;
    return { known: false, reason: "BuildFailed", message, build: { state: "failed", lasting: true, mark } };
  }
  const because =
    image === undefined
      ? `no image on this host is made of what ${renderContext(build.context)} holds`
      : "it was asked for";
  const step = {
    kind: "build-image",
    project: spec.project,
    service: spec.name,
    build,
    name,
    mark,
    inputs,
    contents,
    because,
  } as const;
  return { known: false, reason: "Building", message: `${name} is to be built`, build: { state: "wanted", step } };
}

/** Whatever runs is kept running by the plan for an unknown image; the build goes on beside it. */
export function withBuild(plan: Decision, need: BuildNeed): Decision {
  const intents: readonly Intent[] = need.state === "wanted" ? [...plan.intents, need.step] : plan.intents;
  // An outcome that is not the missing image's own is the more urgent one; the end of the build wakes the service anyhow.
  if (plan.outcome.kind !== "failed") return { ...plan, intents };
  return { ...plan, intents, outcome: outcomeOf(need, plan.outcome) };
}

function outcomeOf(need: BuildNeed, { reason, because }: Outcome): Outcome {
  switch (need.state) {
    case "wanted":
    case "running":
      return waitFor("build", "Building", because);
    case "failed":
      return { kind: need.lasting ? "blocked" : "failed", reason, because };
  }
}
