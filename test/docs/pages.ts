import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);

export interface Page {
  /** From the root of the repository: `docs/install.md`. */
  readonly name: string;
  readonly text: string;
}

/** What people read: the pages at the root and those of docs/, without the decisions. */
export function readPages(): readonly Page[] {
  const names = ["", "docs/", "docs/migrate/"].flatMap((folder) =>
    readdirSync(new URL(folder === "" ? "." : folder, root))
      .filter((name) => name.endsWith(".md"))
      .map((name) => folder + name),
  );
  return names.map((name) => ({ name, text: readFileSync(new URL(name, root), "utf8") }));
}

export interface Snippet {
  /** `docs/install.md:12`, the line of its first line. */
  readonly place: string;
  /** After the three backticks; empty: a command and what it prints. */
  readonly language: string;
  readonly text: string;
}

export function snippetsOf({ name, text }: Page): readonly Snippet[] {
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].map((found) => {
    const [, indent = "", language = "", content = ""] = found;
    const line = text.slice(0, found.index).split("\n").length + 1;
    const lines = content.split("\n").map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
    return { place: `${name}:${line}`, language, text: lines.join("\n") };
  });
}

/** Links that a page holds, as written: `install.md#the-webhook`, `#settings`, `https://…`. */
export function linksOf({ text }: Page): readonly string[] {
  const prose = text.replace(/^ *```.*?^ *```$/gms, "").replace(/`[^`\n]*`/g, "``");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The names by which GitHub lets a page's headings be linked, and those that stand in it as `<a id>`. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const prose = text.replace(/^ *```.*?^ *```$/gms, "");
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)]);
}

export function existsInRepository(path: URL): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
