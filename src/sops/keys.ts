import { readFile } from "node:fs/promises";
import { readFault } from "../tools/file-fault.js";
import { Secret } from "../tools/secret.js";
import { SopsFault } from "./fault.js";

/** What a file of keys holds. */
export async function readKeys(file: string): Promise<readonly Secret[]> {
  try {
    return [new Secret(await readFile(file, "utf8"))];
  } catch (thrown) {
    const { message } = readFault(file, thrown);
    throw new SopsFault(`it is encrypted, and the file of the age keys cannot be read: ${message}`);
  }
}
