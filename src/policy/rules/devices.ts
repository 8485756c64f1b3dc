import { posix } from "node:path";
import { refusal, type Rule } from "../model/finding.js";
import { isWithin } from "../model/paths.js";

export const deviceRule: Rule = {
  key: "devices",
  find: ({ service, permissions }) => {
    const { mappings = [], cgroupRules = [], requests = [] } = service.container.devices ?? {};
    const at = (...keys: readonly (string | number)[]) => ["services", service.name, ...keys];
    const asked = [
      ...mappings.map(({ source }, index) => ({ word: posix.normalize(source), ways: [at("devices", index)] })),
      ...cgroupRules.map((word, index) => ({ word, ways: [at("device_cgroup_rules", index)] })),
      ...requests.flatMap(({ driver, ids, capabilities }) => {
        const words = driver === "cdi" ? (ids ?? []) : capabilities.includes("gpu") ? ["gpu"] : [driver ?? "any"];
        const reserved = at("deploy", "resources", "reservations", "devices");
        const ways = driver === "cdi" ? [at("devices")] : [at("gpus"), reserved];
        return words.map((word) => ({ word, ways }));
      }),
    ];
    return asked
      .filter(({ word }) => !permissions.devices.some((allowed) => allows(allowed, word)))
      .map(({ word, ways }) => refusal({ key: "devices", ways, what: `the device ${word}`, allowed: word }));
  },
};

function allows(allowed: string, word: string): boolean {
  return allowed.startsWith("/") ? isWithin(word, posix.normalize(allowed)) : allowed === word;
}
