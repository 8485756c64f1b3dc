import type { Platform } from "../../control/ports/registry.js";
import type { ServiceBody } from "../model/body.js";
import type { ClusterView } from "../model/cluster.js";

/** No value of the environment is in it. */
export function likenessOf({ TaskTemplate, Mode }: ServiceBody): Readonly<Record<string, unknown>> {
  const { Env, Labels: _labels, ...container } = TaskTemplate.ContainerSpec;
  const names = Array.isArray(Env) ? (Env as string[]).map((text) => text.replace(/=.*/s, "")) : [];
  return { ...container, environment: names, mode: Mode, placement: TaskTemplate.Placement ?? {} };
}

/** Images have to fit all nodes; where those differ, the index decides on each. */
export function platformOf({ nodes }: ClusterView): Platform {
  const named = nodes.find(({ platform, state }) => platform !== undefined && state === "ready");
  const [os = "linux", architecture = "amd64", variant] = (named?.platform ?? "")
    .split("/")
    .filter((part) => part !== "");
  return { os, architecture, variant };
}
