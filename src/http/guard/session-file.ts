import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../../tools/files/replace-file.js";
import type { HttpLog } from "../web/log.js";
import type { SessionStore } from "./sessions.js";

/** `sessions.json` in the data directory. It holds nothing that opens anything. */
export function sessionFile(data: string, log: HttpLog): SessionStore {
  const path = join(data, "sessions.json");
  const tell = (thrown: unknown, what: string) => {
    log.warn({ path, error: thrown instanceof Error ? thrown.message : String(thrown) }, what);
  };
  return {
    load: async () => {
      try {
        return await readFile(path, "utf8");
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") tell(thrown, "who has signed in cannot be read");
        return undefined;
      }
    },
    save: async (text) => {
      await replaceFile(path, text).catch((thrown: unknown) => {
        tell(thrown, "who has signed in cannot be written: a restart ends their sessions");
      });
    },
  };
}
