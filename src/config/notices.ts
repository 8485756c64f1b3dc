import { blockList, isListed } from "../http/receivers/addresses.js";
import type { Environment } from "../process/environment.js";
import { nearest } from "../tools/suggest.js";
import type { Table } from "./kinds/setting.js";

/** What is taken as it is, and may not be meant. */
export interface Notice {
  readonly message: string;
  readonly remedy: string;
}

const prefix = "FAIRLEAD_";

/** Fairlead's own, and those of its container and its `compose.yml`. */
const ownVariables = [
  ...["FAIRLEAD_CONFIG", "FAIRLEAD_HELPER", "FAIRLEAD_HELPER_USER"],
  ...["FAIRLEAD_DIR", "FAIRLEAD_HOOKS_PORT", "FAIRLEAD_ADMIN_PORT"],
];

/** Variables that are nearly one of Fairlead's. Others may be a services file's own; a value is never told. */
export function misspeltVariables(environment: Environment, tables: readonly Table[]): readonly Notice[] {
  const rows = tables.flatMap((table) => Object.values(table));
  const named = rows.flatMap(({ variable, plain }) => [variable ?? [], plain?.variable ?? []].flat());
  const known = new Set([...named, ...ownVariables]);
  const endings = [...known].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return Object.entries(environment).flatMap(([name, value]) => {
    const isOthers = !name.startsWith(prefix) || name.startsWith(`${prefix}TEST_`);
    if (isOthers || known.has(name) || value === undefined || value === "") return [];
    const meant = nearest(name.slice(prefix.length), endings);
    if (meant === undefined) return [];
    return [
      { message: `the variable ${name} is no setting, and has no effect`, remedy: `did you mean ${prefix}${meant}?` },
    ];
  });
}

const families = [
  ["IPv4", ["0.0.0.0", "255.255.255.255"]],
  ["IPv6", ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
] as const;

/** Blocks that hold all the addresses of a family: a block with its lowest and its highest does. `place`: what has named them. */
export function trustsEverybody(blocks: readonly string[], place: string): readonly Notice[] {
  return blocks.flatMap((block) => {
    const list = blockList([block]);
    const whole = families.find(([, ends]) => ends.every((address) => isListed(list, address)))?.[0];
    if (whole === undefined) return [];
    const what = "whoever sends a webhook can choose by `X-Forwarded-For` which address counts as theirs";
    return [
      {
        message: `${place}: ${block} holds every ${whole} address: ${what}`,
        remedy: "name the addresses of your own proxies only",
      },
    ];
  });
}
