import { isImageVersion } from "../../compose/values/image.js";
import type { JobMark } from "../../plan/model/host/observed.js";

type Labels = Readonly<Record<string, string>>;

/** Which job a container runs; `docker ps --filter label=fairlead.job=before` finds them. */
export function jobLabels({ phase, index, hash, timeoutMs, target }: JobMark): Labels {
  return {
    "fairlead.job": phase,
    "fairlead.job-index": String(index),
    "fairlead.job-hash": hash,
    "fairlead.job-timeout": String(timeoutMs),
    "fairlead.job-target": target,
  };
}

export function isJobLabelled(labels: Labels): boolean {
  return labels["fairlead.job"] !== undefined;
}

/** Undefined: these are not the labels of a job. */
export function readJob(labels: Labels): JobMark | undefined {
  const phase = labels["fairlead.job"];
  const index = labels["fairlead.job-index"] ?? "";
  const timeout = labels["fairlead.job-timeout"] ?? "";
  const target = labels["fairlead.job-target"] ?? "";
  const isWhole = (text: string) => /^\d{1,15}$/.test(text);
  const isPhase = phase === "before" || phase === "pre_start" || phase === "after" || phase === "on_rollback";
  if (!isPhase || !isWhole(index) || !isWhole(timeout) || !isImageVersion(target)) return undefined;
  return { phase, index: Number(index), hash: labels["fairlead.job-hash"] ?? "", timeoutMs: Number(timeout), target };
}
