import { createHash, type Hash } from "node:crypto";
import { readlink, type FileHandle } from "node:fs/promises";
import type { TreeEntry } from "../repository/tree.js";
import { chunksOf } from "./bytes.js";
import type { Print } from "./decision.js";

/** As git names what a repository holds. Undefined: it is neither a file nor a link. */
export function printOf({ kind, executable, id }: TreeEntry): Print | undefined {
  if (kind === "link") return `link:${id}`;
  return kind === "file" ? `${executable ? "exec" : "file"}:${id}` : undefined;
}

/** Git's own id of a file, as it is read. A repository has ids of one length. */
export async function printOfFile(file: FileHandle, executable: boolean, idLength: number): Promise<Print> {
  const { size } = await file.stat();
  const hash = blob(size, idLength);
  for await (const chunk of chunksOf(file)) hash.update(chunk);
  return `${executable ? "exec" : "file"}:${hash.digest("hex")}`;
}

export async function printOfLink(path: string, idLength: number): Promise<Print> {
  const target = await readlink(path, { encoding: "buffer" });
  return `link:${blob(target.length, idLength).update(target).digest("hex")}`;
}

function blob(size: number, idLength: number): Hash {
  return createHash(idLength === 64 ? "sha256" : "sha1").update(`blob ${size}\0`);
}
