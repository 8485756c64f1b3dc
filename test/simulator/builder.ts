import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { extract } from "tar-stream";
import type { ImageId } from "../../src/compose/values/image.js";
import type { BuildOrder } from "../../src/control/ports/builds.js";
import { FairleadError } from "../../src/errors.js";
import type { Behaviour } from "./behaviour.js";

export interface BuiltImage {
  readonly id: ImageId;
  readonly behaviour: Behaviour;
}

const instructions = /^(FROM|COPY|ADD|RUN|CMD|ENTRYPOINT|LABEL|ENV|ARG|EXPOSE|HEALTHCHECK|USER|WORKDIR)\b/i;

/**
 * Builds without building: the same inputs give the same image, as from a cache. What its containers do stands in the
 * context's `behaviour.json`.
 */
export async function simulateBuild({ build, context, onLine }: BuildOrder): Promise<BuiltImage> {
  const files = await readTar(context.archive);
  const dockerfile = files.get(context.dockerfile);
  if (dockerfile === undefined) throw failure("there is no Dockerfile");
  for (const line of dockerfile.split("\n").filter((text) => text.trim() !== "")) {
    if (!instructions.test(line)) throw failure(`unknown instruction: ${line.split(" ")[0] ?? ""}`);
    onLine(line);
    const [, source] = /^COPY (\S+)/i.exec(line) ?? [];
    if (source !== undefined && source !== "." && !files.has(source)) throw failure(`"/${source}" not found`);
    if (/^RUN .*\b(false|exit [1-9])/i.test(line)) throw failure("exit code: 1");
  }
  const parts = JSON.stringify([[...files], build.args, build.labels, build.target]);
  const behaviour = JSON.parse(files.get("behaviour.json") ?? "{}") as Behaviour;
  return { id: `sha256:${createHash("sha256").update(parts).digest("hex")}` as ImageId, behaviour };
}

async function readTar(archive: Readable): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const reader = extract();
  archive.once("error", (error) => {
    reader.destroy(error);
  });
  archive.pipe(reader);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
    files.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return files;
}

function failure(message: string): FairleadError {
  return new FairleadError("BuildFailed", `the build failed: ${message}`, { retry: "never" });
}
