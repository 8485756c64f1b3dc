import { groupOf, given } from "../../tools/present.js";
import type { Mount, TmpfsOptions } from "../model/mount.js";
import { parseBytes } from "../values/bytes.js";

/** A line of `tmpfs` as a mount: Swarm knows no other. Options that it does not know have been refused. */
export function inMemory([target, options]: readonly [target: string, options: string]): Mount {
  const tmpfs = tmpfsOptions(options);
  return {
    type: "tmpfs",
    source: undefined,
    target,
    readOnly: options.split(",").includes("ro"),
    createHostPath: false,
    ...given({ tmpfs: tmpfs ?? undefined }),
  };
}

/** Null: one of mount(8)'s options has no place in Swarm's API. Undefined: there are none. */
export function tmpfsOptions(options: string): TmpfsOptions | null | undefined {
  const pairs = options.split(",").filter((option) => option !== "" && option !== "rw" && option !== "ro");
  const known = pairs.map((option) => /^(size)=(\d+[kmg]?)$|^(mode)=([0-7]{1,5})$/i.exec(option));
  if (known.includes(null)) return null;
  const size = known.findLast((match) => match?.[1] !== undefined)?.[2];
  const mode = known.findLast((match) => match?.[3] !== undefined)?.[4];
  return groupOf({
    sizeBytes: size === undefined ? undefined : parseBytes(size),
    mode: mode === undefined ? undefined : parseInt(mode, 8),
  });
}
