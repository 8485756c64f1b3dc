import type { ObservedMount } from "../../plan/model/host/observed.js";
import type { InspectedContainer, InspectedMount } from "../client/schema.js";

/** By target. */
export function mountsIn({ Mounts, Config, HostConfig }: InspectedContainer): readonly ObservedMount[] {
  const ofImage = new Set(Object.keys(Config?.Volumes ?? {}).map(clean));
  const { Mounts: long, Binds: short, VolumesFrom } = HostConfig ?? {};
  const asked = new Set((long ?? []).map(({ Target = "" }) => clean(Target)));
  const bound = new Set((short ?? []).map((bind) => clean(bind.split(":")[1] ?? bind)));
  const isOwn = (target: string) => [asked, bound, ofImage].some((targets) => targets.has(target));
  const takes = (VolumesFrom ?? []).length > 0;
  return (Mounts ?? [])
    .map((mount): ObservedMount => {
      const target = clean(mount.Destination ?? "");
      const own = asked.has(target) && !ofImage.has(target) ? { asked: true as const } : {};
      const others = takes && !isOwn(target) ? { borrowed: true as const } : {};
      return { type: typeOf(mount), source: sourceOf(mount), target, readOnly: mount.RW === false, ...own, ...others };
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
