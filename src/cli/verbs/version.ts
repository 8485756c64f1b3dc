import type { Wiring } from "../shared/wiring.js";

/** Which Fairlead this is, and on what it runs. */
export function version(wiring: Wiring, json: boolean): Promise<0> {
  const node = process.versions.node;
  const platform = `${process.platform}/${process.arch}`;
  if (json) wiring.print(JSON.stringify({ version: wiring.version, node, platform }, undefined, 2));
  else wiring.print(`fairlead ${wiring.version} (Node ${node}, ${platform})`);
  return Promise.resolve(0);
}
