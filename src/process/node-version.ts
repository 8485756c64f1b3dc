/**
 * Why this Node is too old for `needed`, the `engines.node` of package.json (`>=20.19`); undefined: it is not. `version` is
 * Node's own, `v18.20.8`. What an old Node loads before it is told so, this file and main.ts, has no syntax of
 * later years, which the linter sees to: Node 12 can still read it.
 */
export function oldNode(version: string, needed: string): string | undefined {
  const has = numbersIn(version);
  const wants = numbersIn(needed);
  const isOld = has[0] < wants[0] || (has[0] === wants[0] && has[1] < wants[1]);
  if (!isOld) return undefined;
  const remedy = "install a newer one from https://nodejs.org, or run the container image, which has its own";
  return `Fairlead needs Node ${wants.join(".")} or newer, and this is ${version}\n  ${remedy}`;
}

function numbersIn(text: string): readonly [major: number, minor: number] {
  const found = /(\d+)\.(\d+)/.exec(text);
  if (found === null) throw new Error(`${text} is no version of Node`);
  return [Number(found[1]), Number(found[2])];
}
