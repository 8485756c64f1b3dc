import type { ObservedMount } from "../plan/observed.js";
import type { InspectedContainer, InspectedMount } from "./schema.js";

/** By target. */
export function mountsIn({ Mounts, Config, HostConfig }: InspectedContainer): readonly ObservedMount[] {
  const ofImage = new Set(Object.keys(Config?.Volumes ?? {}).map(clean));
  const asked = new Set((HostConfig?.Mounts ?? []).map(({ Target = "" }) => clean(Target)));
  return (Mounts ?? [])
    .map((mount): ObservedMount => {
      const target = clean(mount.Destination ?? "");
      const own = asked.has(target) && !ofImage.has(target) ? { asked: true as const } : {};
      return { type: typeOf(mount), source: sourceOf(mount), target, readOnly: mount.RW === false, ...own };
    })
    .sort((one, other) => (one.target < other.target ? -1 : 1));
}

function typeOf({ Type }: InspectedMount): ObservedMount["type"] {
  return Type === "bind" || Type === "volume" || Type === "tmpfs" ? Type : "other";
}

function sourceOf({ Type, Name, Source = "" }: InspectedMount): string {
  return Type === "volume" ? (Name ?? "") : Source;
}

function clean(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
