import type { Progress } from "../../../control/surface/surface.js";
import { shorten } from "../../../plan/steps/render.js";
import { sizeText } from "../../shared/size.js";

export type Rollout = NonNullable<Progress["rollout"]>;
export type Step = Rollout["steps"][number];
type Pull = NonNullable<Rollout["pull"]>;
type Health = NonNullable<Rollout["health"]>;

/** Seconds since, or until, to the tenth; never less than 0. */
export function secondsBetween(from: string, to: string | number): string {
  const until = typeof to === "string" ? Date.parse(to) : to;
  return `${(Math.max(0, until - Date.parse(from)) / 1_000).toFixed(1)}s`;
}

/** `12.3 MB of 40.0 MB, 5.1 MB/s`. */
export function pullText({ bytes, total, bytesPerSecond }: Pull): string {
  const of = total === undefined ? "" : ` of ${sizeText(total)}`;
  const rate = bytesPerSecond === undefined ? "" : `, ${sizeText(bytesPerSecond)}/s`;
  return `${sizeText(bytes)}${of}${rate}`;
}

/** How the container on trial does, and how long it still has to. */
export function healthText({ container, state, deadline }: Health, now: number): string {
  const left = deadline === undefined ? undefined : `${Math.max(0, Math.ceil((Date.parse(deadline) - now) / 1_000))}s`;
  switch (state) {
    case "starting":
      return `${container} is starting${left === undefined ? "" : `; it has to be healthy within ${left}`}`;
    case "healthy":
      return `${container} is healthy${left === undefined ? "" : `, and proven in ${left}`}`;
    case "running":
      return `${container} runs${left === undefined ? "" : `, and is proven in ${left}`}`;
    case "unhealthy":
      return `${container} is unhealthy`;
    case "ended":
      return `${container} has ended`;
  }
}

/** What the check said that was not passed last. Undefined: none is known. */
export function probeText({ probe }: Health): string | undefined {
  if (probe === null) return undefined;
  const { exitCode, output } = probe;
  const code = exitCode === undefined ? "" : ` (exit code ${exitCode})`;
  return `the check is not passed${code}${output === "" ? "" : `: ${output}`}`;
}

/** `revision 3: sha256:aaaa -> sha256:bbbb`, as far as it is known. */
export function titleOf({ revision, from, to, image }: Rollout): string {
  const what = revision === undefined ? [] : [`revision ${revision}`];
  const digests = to === undefined ? [] : [from === undefined ? to : `${from} -> ${to}`];
  return shorten(
    [...what, ...digests, ...(what.length + digests.length === 0 && image !== undefined ? [image] : [])].join(": "),
  );
}
