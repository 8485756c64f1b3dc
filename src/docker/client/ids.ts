import { parseImage } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";

/** The client encodes no path: anything but a full id could reach another endpoint. */
export function containerPath(id: string, action: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new FairleadError("Internal", "a container was not named by its full id");
  return `/containers/${id}${action}`;
}

/** Of a command in a container. */
export function execPath(id: string, action: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new FairleadError("Internal", "a command was not named by its full id");
  return `/exec/${id}${action}`;
}

/** The grammar of references has nothing that a path could mistake. */
export function imagePath(reference: string, action: string): string {
  parseImage(reference);
  return `/images/${reference}${action}`;
}

export function networkPath(name: string, action: string): string {
  return `/networks/${encodeURIComponent(name)}${action}`;
}

/** As people know it. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
