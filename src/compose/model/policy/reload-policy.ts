/** What follows when a mounted file of the host is not any more as a container has read it (`x-fairlead.reload`). */
export type ReloadPolicy = (
  | { readonly kind: "ignore" }
  | {
      readonly kind: "signal";
      /** As the file writes it: `SIGHUP`, `HUP`, `1`. */
      readonly signal: string;
      /** On the host: what is mounted, what lies in a mounted folder, or a folder of what is mounted. Absent: every mounted file. */
      readonly paths?: readonly string[];
    }
) & {
  /** The mounted files and folders that Fairlead itself brings up to date. Absent: none. */
  readonly tended?: readonly Tended[];
};

/** A file or folder of git that is brought up to date where a container has it mounted. */
export interface Tended {
  /** On the host, as it is mounted. */
  readonly path: string;
  /** Identifies what git has there. */
  readonly content: string;
  /** It is to be written yet. */
  readonly isDue?: true;
}

interface Reloadable {
  readonly reload?: ReloadPolicy;
  readonly container: {
    readonly mounts: readonly { readonly source: string | undefined; readonly contentHash?: string }[];
  };
}

/** Whether a mounted path of the host is one whose changes concern the service's process. */
export function isReloaded({ reload: policy, container }: Reloadable, path: string): boolean {
  if (policy?.kind !== "signal") return false;
  const hasRollout = container.mounts.some(({ source, contentHash }) => source === path && contentHash !== undefined);
  return !hasRollout && (policy.paths?.some((one) => holds(one, path)) ?? true);
}

/** It is that very path, or a folder on the way to it. Both are absolute and normal. */
export function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}
