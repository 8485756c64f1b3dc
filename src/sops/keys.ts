import { readFile } from "node:fs/promises";
import { Secret } from "../tools/secret.js";
import { SopsFault } from "./fault.js";

/** What a file of keys holds. */
export async function readKeys(file: string): Promise<readonly Secret[]> {
  try {
    return [new Secret(await readFile(file, "utf8"))];
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
    throw new SopsFault(`it is encrypted, and the file of the age keys, ${file}, cannot be read (${code})`);
  }
}
