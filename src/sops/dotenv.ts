import { SopsFault } from "./fault.js";
import { Mac } from "./mac.js";
import { metadataOf, type Metadata } from "./metadata.js";
import { additionalOf, openValue, valueAt } from "./value.js";

const prefix = "sops_";

export function isSopsDotenv(text: string): boolean {
  return /^sops_(?:mac|version|lastmodified)=/m.test(text);
}

interface Line {
  /** Undefined: it is no variable. */
  readonly name: string | undefined;
  readonly value: string;
  readonly text: string;
}

function linesOf(text: string): readonly Line[] {
  return text.split("\n").map((line) => {
    const equals = line.indexOf("=");
    if (line === "" || line.startsWith("#")) return { name: undefined, value: "", text: line };
    if (equals < 0)
      throw new SopsFault("one of its lines is no variable", "each line is `NAME=value`, as `sops` writes it");
    return { name: line.slice(0, equals), value: line.slice(equals + 1).replaceAll("\\n", "\n"), text: line };
  });
}

/** `sops_age__list_0__map_enc` stands for `sops.age[0].enc`. */
export function dotenvMetadata(text: string): Metadata {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { name, value } of linesOf(text)) {
    if (name?.startsWith(prefix) !== true) continue;
    const [first = "", index, field] = name.slice(prefix.length).split(/__list_|__map_/);
    if (index === undefined) root[first] = value;
    else {
      const list = (root[first] ??= []) as Record<string, unknown>[];
      const place = Number(index);
      if (!Array.isArray(list) || !Number.isInteger(place) || place > 100) continue;
      list[place] = { ...list[place], [field ?? ""]: value };
    }
  }
  const filled = Object.entries(root).map(([key, value]) => [
    key,
    Array.isArray(value) ? Array.from(value, present) : value,
  ]);
  return metadataOf(Object.fromEntries(filled) as Record<string, unknown>);
}

/** A list may lack items. */
function present(item: unknown): unknown {
  return item ?? {};
}

/** The file as it was, line by line. */
export function openDotenv(text: string, metadata: Metadata, key: Buffer): string {
  const mac = new Mac(metadata);
  const lines = linesOf(text)
    .filter(({ name }) => name?.startsWith(prefix) !== true)
    .map((line) => {
      if (line.name === undefined) return commentOf(line.text, key);
      const isEncrypted = metadata.isEncrypted([line.name], line.value);
      const bytes = isEncrypted ? valueAt([line.name], line.value, key).bytes : Buffer.from(line.value, "utf8");
      mac.add(bytes, isEncrypted);
      return `${line.name}=${bytes.toString("utf8").replaceAll("\n", "\\n")}`;
    });
  mac.check(key);
  return lines.join("\n");
}

function commentOf(line: string, key: Buffer): string {
  const found = line.startsWith("#") ? openValue(line.slice(1), key, additionalOf([])) : undefined;
  return found === undefined ? line : `#${found.bytes.toString("utf8")}`;
}
