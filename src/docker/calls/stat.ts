import type { FileStat } from "../../control/ports/host-files.js";
import type { Connection } from "../client/connection.js";
import { containerPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";

/**
 * The engine mounts the container's mounts anew for this, and so sees what is at their sources now, whatever the
 * processes of the container see. A proxy that does not let it through leaves it untold.
 */
export async function statMounted(connection: Connection, id: string, path: string): Promise<FileStat | undefined> {
  const task = `look at a file of container ${shortId(id)}`;
  try {
    const headers = await connection.head({
      method: "HEAD",
      path: containerPath(id, "/archive"),
      query: { path },
      task,
    });
    return parse(headers["x-docker-container-path-stat"]);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function parse(header: string | readonly string[] | undefined): FileStat | undefined {
  if (typeof header !== "string") return undefined;
  try {
    const { size, mtime } = JSON.parse(Buffer.from(header, "base64").toString("utf8")) as Record<string, unknown>;
    const modifiedAt = typeof mtime === "string" ? Date.parse(mtime) : NaN;
    return typeof size === "number" && !Number.isNaN(modifiedAt) ? { size, modifiedAt } : undefined;
  } catch {
    return undefined;
  }
}
