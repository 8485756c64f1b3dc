import { lstatSync, statSync } from "node:fs";

/** Whose a file or folder is, and who may write to it. */
export interface Owned {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Why what is in a file may be the word of somebody else; `link`: that of a link to it. Undefined: it is ours alone, or root's. */
export function whyOfOthers({ uid, gid, mode }: Owned, link: Pick<Owned, "uid">): string | undefined {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user === undefined) return undefined;
  if ([uid, link.uid].some((owner) => owner !== user && owner !== 0)) return "belongs to another user";
  const isOpen = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== group && gid !== 0);
  return isOpen ? "others may write to it" : undefined;
}

/** The same of a path. Throws as `stat` does. */
export function whyOfOthersSync(path: string): string | undefined {
  return whyOfOthers(statSync(path), lstatSync(path));
}
