import type { Command } from "commander";
import { candidatesFor } from "../completion/words.js";
import { scripts, type Shell } from "../completion/scripts.js";
import { fetchServices } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

/** What the shell is to read at its start. */
export function completion(wiring: Wiring, shell: Shell): Promise<0> {
  wiring.print(scripts[shell]);
  return Promise.resolve(0);
}

/** Nobody waits longer for a list of words. */
const patienceMs = 1_000;

/** What may stand at the cursor, a line each. Says nothing of what is wrong: the shell would show it amid what is typed. */
export async function complete(
  wiring: Wiring,
  root: Command,
  typed: readonly string[],
  adminOf: () => Promise<Admin>,
): Promise<0> {
  const none = { services: [], projects: [] };
  const names = async () => {
    const late = AbortSignal.timeout(patienceMs);
    const away = new Promise<typeof none>((resolve) => {
      late.addEventListener("abort", () => {
        resolve(none);
      });
    });
    const asked = async () => {
      const services = await fetchServices(await adminOf());
      const all = services.map(({ project, service }) => `${project}/${service}`);
      const alone = services.filter(({ service }) => services.filter((one) => one.service === service).length === 1);
      const projects = [...new Set(services.map(({ project }) => project))];
      return { services: [...alone.map(({ service }) => service), ...all], projects };
    };
    return Promise.race([asked().catch(() => none), away]);
  };
  const found = await candidatesFor(root, typed, names).catch(() => []);
  if (found.length > 0) wiring.print(found.join("\n"));
  return 0;
}
