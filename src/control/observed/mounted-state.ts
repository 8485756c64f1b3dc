import type { HostFiles } from "../ports/host-files.js";
import type { Point } from "./mounted-points.js";

/** How a point is at one moment. */
export interface PointState {
  /** Tells what is mounted from anything else that has been at its place. */
  readonly identity: string;
  /** Another one: something about it, or in it, is not as it was. */
  readonly print: string;
  /** Since when everything about it has been as it is. Epoch ms. */
  readonly changedAt: number;
  /** Of the path itself. */
  readonly size: number;
  readonly modifiedAt: number;
  /** Identifies what it holds. Undefined: it cannot be read. */
  content(): Promise<string | undefined>;
}

/** Undefined: there is nothing that could be seen, or told. */
export async function stateOf(files: HostFiles, point: Point): Promise<PointState | "too-large" | undefined> {
  const mounted = await files.look(point.source);
  const found = point.path === point.source ? mounted : await files.look(point.path);
  if (mounted === undefined || found === undefined) return undefined;
  const { identity } = mounted;
  const { size, modifiedAt } = found;
  if (found.kind === "file") {
    const { changedAt } = found;
    const print = `${identity} ${found.identity} ${changedAt}`;
    return { identity, print, changedAt, size, modifiedAt, content: () => files.contentOf(point.path) };
  }
  if (!point.mayBeFolder) return undefined;
  const folder = await files.survey(point.path);
  if (folder === undefined || folder === "too-large") return folder;
  const { changedAt, print } = folder;
  return { identity, print: `${identity} ${print}`, changedAt, size, modifiedAt, content: () => folder.content() };
}
