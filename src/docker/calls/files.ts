import type TarStream from "tar-stream";
import type { ContainerFile } from "../../compose/model/container/container-file.js";
import { FairleadError } from "../../errors.js";
import { loadLate } from "../../process/load-late.js";
import { readAll } from "../../tools/streams/read-all.js";
import type { Connection } from "../client/connection.js";
import { containerPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";

/** Works on a container that has not been started. No content gets into a message: the engine speaks of paths only. */
export async function writeFiles(
  connection: Connection,
  container: string,
  files: readonly ContainerFile[],
): Promise<void> {
  const task = `write files into container ${shortId(container)}`;
  const call = { method: "PUT", path: containerPath(container, "/archive"), query: { path: "/" }, task } as const;
  try {
    await connection.tell({ ...call, archive: await archiveOf(files), timeoutMs: 120_000 });
  } catch (error) {
    if (!(error instanceof Refusal) || !/read-only/.test(error.message)) throw error;
    throw new FairleadError("EngineRefused", `cannot ${task}: the file system there is read-only`, {
      remedy:
        "give these configs and secrets a `file:` each, or take `read_only` (of the service, or of a mount around them) away",
    });
  }
}

/** Owners and modes as the entries say; the engine makes missing folders itself, as root's and open to read. */
async function archiveOf(files: readonly ContainerFile[]): Promise<Buffer> {
  const { pack } = loadLate("tar-stream") as typeof TarStream;
  const archive = pack();
  for (const { path, content, isBase64, mode, uid, gid } of files) {
    const bytes = Buffer.from(content.reveal(), isBase64 === true ? "base64" : "utf8");
    archive.entry({ name: path.replace(/^\/+/, ""), mode, uid, gid }, bytes);
  }
  archive.finalize();
  return readAll(archive);
}
