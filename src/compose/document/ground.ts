/**
 * What a container or a build does with a path of the host; `grant`: it is a config or a secret; `tended`: it reads it, and
 * its process is told when that changes.
 */
export type Use = "read" | "write" | "grant" | "build" | "tended";

/**
 * Where the paths that a file names stand on the host, where that is not beside the file itself: a revision in a repository
 * is no folder. Absent: they stand where they are written.
 */
export interface Ground {
  /** `path` is absolute, and normal. */
  stand(path: string, use: Use): Standing;
  /** Why a path that is written relative to a file may not lead there; undefined: it may. `path` is absolute, and normal. */
  strays(path: string): Refused | undefined;
}

export interface Refused {
  readonly refused: string;
  readonly hint?: string;
}

export type Standing = { readonly path: string } | Refused;
