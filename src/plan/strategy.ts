import type { ServiceSpec } from "../spec/service.js";

export interface Strategy {
  readonly order: "start-first" | "stop-first";
  readonly because: string;
}

/** Which of the two may run beside the other: what cannot be shared forces stop-first, then the file decides, then caution. */
export function strategyOf(spec: ServiceSpec): Strategy {
  const asked = spec.update.order === "start-first" ? ", though start-first was asked for" : "";
  const published = spec.container.ports
    .filter((port) => port.hostPort !== undefined)
    .map((port) => String(port.hostPort));
  if (published.length > 0) return { order: "stop-first", because: `publishes ${published.join(", ")}${asked}` };
  if (spec.containerName !== undefined) {
    return { order: "stop-first", because: `has the fixed name ${spec.containerName}${asked}` };
  }
  if (spec.update.order !== "auto") return { order: spec.update.order, because: `is declared ${spec.update.order}` };
  const written = spec.container.mounts.find(
    (mount) => mount.type !== "tmpfs" && mount.source !== undefined && !mount.readOnly,
  );
  if (written?.source !== undefined) return { order: "stop-first", because: `writes to ${written.source}` };
  return { order: "start-first", because: "publishes no host port and writes to no shared volume" };
}
