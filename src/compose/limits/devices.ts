import { given, groupOf } from "../../tools/present.js";
import { distinct, lastOfEach, matching, sameTarget, texts } from "../document/lists.js";
import { isMapping, items, quoted, read, readAll, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { settings } from "../document/pairs.js";
import { filledText, integer, text } from "../document/scalar.js";
import { fields, type Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import { cdiPattern, cgroupRulePattern } from "../values/device-words.js";
import { deviceKeys, gpuKeys, type deviceReservationKeys } from "../keys/option-keys.js";
import type { DeviceMapping, DeviceRequest, Devices } from "../model/container/options.js";

/** Devices of the host, by path or through a driver. `reserved` are those of `deploy.resources`. */
export function devices(
  field: Fields<typeof serviceKeys>,
  reserved: readonly DeviceRequest[] = [],
): Devices | undefined {
  const written = read(field("devices"), (at) => lastOfEach(at, device, targetOf, sameTarget)) ?? [];
  const mappings = written.filter((found) => typeof found !== "string");
  const named = written.filter((found) => typeof found === "string");
  const requested = [
    ...(named.length === 0 ? [] : [{ driver: "cdi", ids: named, capabilities: [] }]),
    ...(read(field("gpus"), gpus) ?? []),
    ...reserved,
  ];
  return groupOf({
    mappings: mappings.length === 0 ? undefined : mappings,
    cgroupRules: read(field("device_cgroup_rules"), (at) => distinct(at, cgroupRule)),
    requests: requested.length === 0 ? undefined : requested,
  });
}

function targetOf(found: DeviceMapping | string): string {
  return typeof found === "string" ? found : found.target;
}

const permissionsPattern = /^[rwm]{1,3}$/;

/** A mapping, or the name of a device that a driver knows. */
export function device(node: Node): DeviceMapping | string | null {
  if (isMapping(node.value)) return longSyntax(node);
  if (typeof node.value !== "string")
    return wrongKind(node, "a device", 'write for example "/dev/ttyUSB0:/dev/ttyUSB0"');
  const written = text(node);
  if (written === null || cdiPattern.test(written)) return written;
  const [source = "", second, third, ...more] = written.split(":");
  // `/dev/fuse:r` gives permissions, where the engine's own command line takes them for such too.
  const [target, permissions] =
    third === undefined && second !== undefined && permissionsPattern.test(second)
      ? [source, second]
      : [second ?? source, third ?? "rwm"];
  if (more.length > 0 || !source.startsWith("/") || !target.startsWith("/") || !permissionsPattern.test(permissions)) {
    return report(
      node,
      `${quoted(node)} is not a device`,
      "write `host-path`, `host-path:container-path` or `host-path:container-path:rwm`",
    );
  }
  return { source, target, permissions };
}

function longSyntax(node: Node): DeviceMapping | null {
  const field = fields(node, deviceKeys);
  if (field("source") === undefined) report(node, "`source` is missing", "it is a device of the host");
  const path = (at: Node) => matching(at, /^\//, "an absolute path");
  const source = read(field("source"), path);
  const target = read(field("target"), path);
  const permissions = read(field("permissions"), (at) => matching(at, permissionsPattern, "made of r, w and m"));
  return source === undefined ? null : { source, target: target ?? source, permissions: permissions ?? "rwm" };
}

function cgroupRule(node: Node): string | null {
  return matching(node, cgroupRulePattern, "a device rule", "write for example `c 189:* rwm`");
}

function gpus(node: Node): readonly DeviceRequest[] | null {
  if (typeof node.value !== "string") return requests(node, gpuKeys, "gpu");
  if (text(node) === "all") return [{ count: -1, capabilities: ["gpu"] }];
  return report(node, `${quoted(node)} is not \`all\` or a list of GPUs`);
}

/** Requests for devices of a driver; of no count and no ids, all. `gpu`: that capability goes without saying. */
export function requests(
  node: Node,
  table: typeof gpuKeys | typeof deviceReservationKeys,
  capability: "gpu" | "required",
): readonly DeviceRequest[] {
  return readAll(items(node), (item) => {
    const field = fields(item, table);
    const [countNode, idsNode] = [field("count"), field("device_ids")];
    if (countNode !== undefined && idsNode !== undefined)
      reportKey(idsNode, "stands beside `count`", "remove one of them");
    if (capability === "required" && field("capabilities") === undefined) {
      report(item, "`capabilities` is missing", "write for example `[gpu]`");
    }
    const capabilities = read(field("capabilities"), texts) ?? [];
    const ids = read(idsNode, texts);
    return given({
      driver: read(field("driver"), filledText),
      count: ids === undefined ? (read(countNode, deviceCount) ?? -1) : undefined,
      ids,
      capabilities: capability === "gpu" ? [...new Set([...capabilities, "gpu"])] : capabilities,
      options: read(field("options"), settings),
    });
  });
}

/** -1, as Compose prints it: all. */
export function deviceCount(node: Node): number | null {
  if (node.value === -1 || (typeof node.value === "string" && node.value.toLowerCase() === "all")) return -1;
  return integer(node, 1, 1_000_000);
}
