import { statSync } from "node:fs";
import { FairleadError } from "../errors.js";
import type { Environment } from "./environment.js";

/**
 * A helper with the engine's own socket begins as root, which alone can see whose that is, and goes on as the user that
 * the controller is, in the group that may speak to it: what it writes is that user's. Throws ConfigInvalid.
 */
export function becomeUser({ FAIRLEAD_HELPER_USER: wanted, DOCKER_HOST: host = "" }: Environment): void {
  if (wanted === undefined || process.getuid?.() !== 0) return;
  const [, uid = "", gid = ""] = /^(\d+):(\d+)$/.exec(wanted) ?? [];
  if (uid === "" || !host.startsWith("unix://")) {
    throw new FairleadError(
      "ConfigInvalid",
      "FAIRLEAD_HELPER_USER is for helpers with a socket, which Fairlead makes",
      {
        remedy: "leave that variable out",
      },
    );
  }
  const socket = statSync(host.slice("unix://".length));
  process.setgroups?.([...new Set([...(process.getgroups?.() ?? []), socket.gid])]);
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
}
