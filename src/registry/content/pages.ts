import type { Answer } from "../client/transport.js";

/**
 * The path that `Link: <…>; rel="next"` (RFC 8288) names, at the registry's own address whatever host it names: proxies and
 * registries behind them often name a wrong one. Undefined: it was the last page. `elsewhere`: it is one of something else.
 */
export function nextPage(answer: Answer, path: string): string | undefined {
  const header = answer.headers["link"] ?? [];
  const links = [header].flat().flatMap((line) => [...line.matchAll(/<([^<>]*)>([^<]*)/g)]);
  const next = links.find(([, , parameters = ""]) =>
    /;\s*rel\s*=\s*"?(?:[^";,]*\s)?next(?![\w-])/i.test(parameters),
  )?.[1];
  if (next === undefined) return undefined;
  const url = URL.canParse(next, answer.url.href) ? new URL(next, answer.url) : undefined;
  return url?.pathname === path ? `${path}${url.search}` : "elsewhere";
}
