import { createHash } from "node:crypto";
import type { Marks } from "../../control/ports/marks.js";
import { FairleadError } from "../../errors.js";
import type { Cluster, SwarmObject } from "../model/cluster.js";

const kind = { "fairlead.swarm": "mark" } as const;
const nameLabel = "fairlead.mark";
const longestName = 64;

/**
 * Notes of the whole Swarm, by which controllers on any of its managers agree: configs, which the managers' log makes once
 * under a name.
 */
export function marksIn(cluster: Cluster): Marks {
  const all = async () => (await cluster.look()).configs.filter(isMark);
  const textOf = async ({ id }: Pick<SwarmObject, "id">) => (await cluster.readConfig(id))?.toString("utf8");
  const standing = async (name: string) => {
    const [found] = (await all()).filter(({ labels }) => labels[nameLabel] === name);
    return found === undefined ? undefined : textOf(found);
  };
  return {
    list: async (prefix) => {
      const found = (await all()).filter(({ labels }) => labels[nameLabel]?.startsWith(prefix) === true);
      return new Map(
        await Promise.all(found.map(async (one) => [one.labels[nameLabel] ?? "", await textOf(one)] as const)),
      );
    },
    put: async (name, text) => {
      const labels = { ...kind, [nameLabel]: name };
      try {
        await cluster.createConfig({ name: configName(name), labels, content: Buffer.from(text) });
        return text;
      } catch (error) {
        const there = error instanceof FairleadError && error.code === "NameTaken" ? await standing(name) : undefined;
        if (there === undefined) throw error;
        return there;
      }
    },
    remove: async (name) => {
      for (const one of await all()) if (one.labels[nameLabel] === name) await cluster.removeConfig(one.id);
    },
  };
}

function isMark({ labels }: SwarmObject): boolean {
  return labels["fairlead.swarm"] === kind["fairlead.swarm"] && labels[nameLabel] !== undefined;
}

/** The Swarm's own names are short. */
function configName(name: string): string {
  const whole = `fairlead-mark.${name}`;
  if (whole.length <= longestName) return whole;
  return `fairlead-mark.${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
}
