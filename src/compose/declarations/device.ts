import { hostPath } from "../document/host-path.js";
import { entries, isMapping, warn, type Node } from "../document/node.js";

type Options = Readonly<Record<string, string>>;

/**
 * The options of a volume of the driver `local` that is a bind mount, with a whole path as its device: Compose resolves it
 * where the file names that driver and `o` is `bind` and no more.
 */
export function withDevice(node: Node | undefined, driver: string | undefined, options: Options): Options {
  const at = node === undefined || !isMapping(node.value) ? undefined : new Map(entries(node)).get("device");
  const { device, o = "" } = options;
  if (at === undefined || device === undefined || device === "" || device.startsWith("/")) return options;
  if (driver === "local" && o === "bind") {
    const path = hostPath(at, device);
    return path === null ? options : { ...options, device: path };
  }
  if (/^(?:\.{1,2}|~)(?:\/|$)/.test(device) && (driver === undefined || driver === "local")) {
    const message = "the engine gets this path as it is, and finds nothing there";
    warn(at, at.place.value, message, "write the whole path, or `driver: local` and `o: bind`");
  }
  return options;
}
