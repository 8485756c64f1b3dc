import { asFairleadError, FairleadError } from "../errors.js";
import type { Check } from "./check.js";
import { ill, well } from "./check.js";
import type { EngineReport, Instruments } from "./instruments.js";

const startEngine =
  "start it with `sudo systemctl start docker`, see `journalctl -u docker`, or name another one with DOCKER_HOST";
const joinGroup = "run `sudo usermod -aG docker $USER` and log in again, or use sudo";

/** Whether this user may open the engine's socket. */
export const socket: Check = {
  name: "socket",
  timeoutMs: 3_000,
  whenSlow: "see whether the disk of the socket's folder answers",
  look: async (instruments) => {
    const found = await instruments.socket();
    if (found === undefined) return [well("the engine is reached over a network, not by a socket")];
    const { path, code } = found;
    if (code === undefined) return [well(`this user may use ${path}`)];
    if (code === "EACCES" || code === "EPERM") return [ill(`this user may not use ${path}`, joinGroup)];
    if (code === "ENOENT") return [ill(`there is no ${path}`, startEngine)];
    return [ill(`${path} cannot be used (${code})`, startEngine)];
  },
};

/** Whether the engine answers, and which it is. */
export const engine: Check = {
  name: "engine",
  timeoutMs: 12_000,
  whenSlow: "restart it with `sudo systemctl restart docker`: what runs goes on where `live-restore` is set",
  look: async (instruments) => {
    const report = await instruments.engine().catch((thrown: unknown) => {
      throw concrete(thrown);
    });
    const { product, api, address, warnings } = report;
    const told = warnings.length === 0 ? "" : `; it warns: ${warnings.join("; ")}`;
    return [well(`${product} with API ${api} answers at ${address}${told}`)];
  },
};

/** With the very command. */
function concrete(thrown: unknown): FairleadError {
  const { code, message, remedy = startEngine, cause } = asFairleadError(thrown);
  if (code !== "EngineUnreachable") return new FairleadError(code, message, { remedy, cause });
  return new FairleadError(code, message, { remedy: /\(EACCES\)/.test(message) ? joinGroup : startEngine, cause });
}

/** For checks that need it: undefined where it does not answer, which is told by its own check. */
export async function engineIfAny({ engine: ask }: Instruments): Promise<EngineReport | undefined> {
  return ask().catch(() => undefined);
}

export const engineFirst = "see to `engine` first";
