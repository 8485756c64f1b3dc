import { readFileSync } from "node:fs";

/** A page as it is committed, with this between the two lines `begin` and `end`. */
export function readFilled(page: URL, begin: string, end: string, content: string): string {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page.pathname}: \`${begin}\` or \`${end}\` is missing`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
