import { isMapping, read, report, type Node } from "../document/node.js";
import { boolean, choice, duration } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { gateKeys } from "../keys/extension-keys.js";
import type { GateSpec } from "../model/policy/gate.js";
import type { ServiceSpec } from "../model/service.js";

const modes = ["http", "tcp"] as const;
const holdMs = 30_000;
/** No client waits as long as this. */
const longestHoldMs = 3_600_000;

/** `x-fairlead.gate`: a mode, or a mapping. */
export function gate(node: Node): GateSpec | null {
  if (!isMapping(node.value)) {
    const mode = choice(node, modes);
    return mode === null ? null : { mode, holdMs, proxyProtocol: false };
  }
  const field = fields(node, gateKeys);
  const written = field("mode");
  const mode = read(written, (at) => choice(at, modes));
  const hold = read(field("hold"), limitedHold);
  const proxyProtocol = read(field("proxy_protocol"), boolean) ?? false;
  if (written === undefined) return report(node, "`mode` is missing", "write `mode: http` or `mode: tcp`");
  return mode === undefined ? null : { mode, holdMs: hold ?? holdMs, proxyProtocol };
}

function limitedHold(node: Node): number | null {
  const milliseconds = duration(node);
  if (milliseconds === null || milliseconds <= longestHoldMs) return milliseconds;
  return report(node, "nothing can wait longer than an hour");
}

/**
 * Who publishes ports and asks for start-first asks for what only a gate can do. Undefined: it cannot be had, because
 * something else forces stop-first too.
 */
export function impliedGate(spec: ServiceSpec): GateSpec | undefined {
  const { container, update, containerName, networkMode, networks, oneShot } = spec;
  const publishes = container.ports.some(({ hostPort }) => hostPort !== undefined);
  if (update.order !== "start-first" || !publishes || oneShot === true) return undefined;
  if (container.ports.some(({ protocol }) => protocol !== "tcp")) return undefined;
  if (containerName !== undefined || networkMode !== undefined) return undefined;
  const isFixed = networks.some(({ settings }) =>
    [settings?.ipv4Address, settings?.ipv6Address, settings?.linkLocalIps?.[0], settings?.macAddress].some(
      (address) => address !== undefined,
    ),
  );
  return isFixed ? undefined : { mode: "tcp", holdMs, proxyProtocol: false };
}
