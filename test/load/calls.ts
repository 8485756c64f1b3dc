/** Of so many calls a run of the tests tries one; as many days in a row try them all. */
const step = 5;
const dayMs = 86_400_000;

/** Which of a rollout's calls are tried: `first`, and from there every `step`-th, from 1. */
export interface Calls {
  readonly first: number;
  readonly step: number;
}

/**
 * What is tried today. FAIRLEAD_TEST_SEED (an integer; default the days since 1970) repeats another day's choice,
 * FAIRLEAD_TEST_CALLS=all tries every call. Each lane of one run begins at another call.
 */
export function callsFor(lane: number, env: NodeJS.ProcessEnv = process.env, now = Date.now()): Calls {
  if (env["FAIRLEAD_TEST_CALLS"] === "all") return { first: 1, step: 1 };
  return { first: 1 + ((seedOf(env, now) + lane) % step), step };
}

/** How a run is repeated. */
export function sayCalls(env: NodeJS.ProcessEnv = process.env, now = Date.now()): string {
  return env["FAIRLEAD_TEST_CALLS"] === "all"
    ? "every call is tried"
    : `one call of ${step} is tried; FAIRLEAD_TEST_SEED=${seedOf(env, now)} tries the same ones, FAIRLEAD_TEST_CALLS=all every one`;
}

function seedOf(env: NodeJS.ProcessEnv, now: number): number {
  return Math.abs(Number(env["FAIRLEAD_TEST_SEED"] ?? Math.floor(now / dayMs)));
}
