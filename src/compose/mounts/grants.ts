import { createHash } from "node:crypto";
import { Secret } from "../../tools/secret.js";
import { findDeclared, type Declared } from "../declarations/declared.js";
import type { Decrypted, FileText } from "../document/library.js";
import { fileMode } from "../document/file-mode.js";
import { lastOfEach, sameTarget } from "../document/lists.js";
import { isMapping, read, report, standing, warn, wrongKind, type Node } from "../document/node.js";
import { filledText, integer, text } from "../document/scalar.js";
import { encoded } from "../../tools/utf8.js";
import { configGrantKeys, secretGrantKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";
import type { ContainerFile, ContainerSpec, Mount } from "../model/service.js";
import { quote } from "../values/quote.js";
import type { Content, ContentSection } from "./contents.js";
import { containerPath } from "./mounts.js";

/** What a service's `configs` and `secrets` amount to: files of the host that are mounted, and files to be written. */
export interface Grants {
  readonly mounts: readonly Mount[];
  readonly files: readonly ContainerFile[];
}

interface Granted {
  readonly node: Node;
  readonly result: { readonly mount: Mount } | { readonly file: ContainerFile };
}

/** Where relative and absent targets begin, as in Compose. */
const folders = { configs: "/", secrets: "/run/secrets/" } as const;
const largestId = 4_294_967_294;

/** `configs` and `secrets` of a service, in short or long syntax; none of them may hide another or a mount. */
export function granted(
  [configs, secrets]: readonly [configs: Node | undefined, secrets: Node | undefined],
  scope: { readonly configs: Declared<Content>; readonly secrets: Declared<Content> },
  container: Surroundings,
): Grants {
  const listed = (node: Node, section: ContentSection) =>
    lastOfEach(node, (item) => grant(item, section, scope[section]), targetOf, sameTarget);
  const found = [
    ...(read(configs, (at) => listed(at, "configs")) ?? []),
    ...(read(secrets, (at) => listed(at, "secrets")) ?? []),
  ];
  const targets = new Set(container.mounts.map(({ target }) => target));
  for (const { node, result } of found) {
    const target = targetOf({ result });
    if (targets.has(target))
      report(node, "something else of this service has the same target", "give it another `target`");
    targets.add(target);
  }
  const files = found.flatMap(({ node, result }) => ("file" in result ? [{ node, file: result.file }] : []));
  for (const { node, file } of files) reportUnwritable(node, file, container);
  return {
    mounts: found.flatMap(({ result }) => ("mount" in result ? [result.mount] : [])),
    files: files.map(({ file }) => file),
  };
}

function targetOf({ result }: Pick<Granted, "result">): string {
  return "mount" in result ? result.mount.target : result.file.path;
}

/** What of the service decides where a file can be written, and whether it would be seen there. */
type Surroundings = Pick<ContainerSpec, "mounts" | "tmpfs" | "security">;

/** A tmpfs is empty at every start: what was written to its place before is not to be seen. */
function reportUnwritable(node: Node, { path }: ContainerFile, { mounts, tmpfs = {}, security }: Surroundings): void {
  const memory = [...mounts.flatMap(({ type, target }) => (type === "tmpfs" ? [target] : [])), ...Object.keys(tmpfs)];
  const hint = "give it another `target`, or a `file:` to be mounted";
  if (memory.some((target) => path.startsWith(`${target}/`)))
    report(node, "a tmpfs of this service would hide it", hint);
  else if (security?.readOnly === true) {
    const remedy = "give it as a `file:` that is not encrypted, which is mounted, or take `read_only` away";
    report(node, "it cannot be written into a read-only root file system", remedy);
  }
}

function grant(node: Node, section: ContentSection, declared: Declared<Content>): Granted | null {
  if (typeof node.value === "string") {
    const key = text(node);
    const content = key === null ? null : findDeclared(node, section, key, declared);
    return key === null || content === null ? null : resolve(node, { section, key, content }, noField);
  }
  if (!isMapping(node.value)) return wrongKind(node, "a name or a mapping");
  const field = fields(node, section === "configs" ? configGrantKeys : secretGrantKeys);
  const sourceNode = field("source");
  if (sourceNode === undefined)
    return report(node, "`source` is missing", `it names one of the top-level \`${section}\``);
  const key = read(sourceNode, filledText);
  const content = key === undefined ? null : findDeclared(sourceNode, section, key, declared);
  return key === undefined || content === null ? null : resolve(node, { section, key, content }, field);
}

type Field = (key: "source" | "target" | "uid" | "gid" | "mode") => Node | undefined;

const noField: Field = () => undefined;

interface Source {
  readonly section: ContentSection;
  readonly key: string;
  readonly content: Content;
}

function resolve(node: Node, { section, key, content }: Source, field: Field): Granted | null {
  const target = read(field("target"), filledText);
  if (target === undefined && field("target") !== undefined) return null;
  const written = target ?? key;
  const path = containerPath(field("target") ?? node, written.startsWith("/") ? written : folders[section] + written);
  const [uid, gid] = [field("uid"), field("gid")].map((at) => read(at, (id) => integer(id, 0, largestId)));
  const mode = read(field("mode"), fileMode);
  if (path === null) return null;
  const given = ({ text: written, decrypted }: { readonly text: Secret; readonly decrypted?: Decrypted }) => ({
    ...{ origin: `${section}.${key}`, path, content: written },
    ...(decrypted?.isBase64 === true ? { isBase64: true as const } : {}),
    ...{ mode: mode ?? 0o444, uid: uid ?? 0, gid: gid ?? 0 },
  });
  switch (content.kind) {
    case "text":
      return { node, result: { file: given({ text: content.text }) } };
    case "command": {
      const found = node.reading.library.read(content.path);
      if ("missing" in found) return report(node, `${quote(key)} is not told: ${found.missing}`);
      return { node, result: { file: given({ ...found, text: new Secret(found.text) }) } };
    }
    case "file": {
      const found = node.reading.library.read(content.path);
      if ("missing" in found && found.encrypted !== undefined) {
        return report(node, `the file of ${quote(key)} cannot be read (${found.missing})`, found.encrypted.hint);
      }
      if ("text" in found && found.decrypted !== undefined) {
        return { node, result: { file: given({ ...found, text: new Secret(found.text) }) } };
      }
      const source = standing(node, content.path, "grant");
      if (source === null) return null;
      for (const at of [field("uid"), field("gid"), field("mode")]) if (at !== undefined) warnUnused(at);
      return {
        node,
        result: {
          mount: {
            type: "bind",
            source,
            target: path,
            readOnly: true,
            createHostPath: false,
            ...hashOf(found),
          },
        },
      };
    }
  }
}

/**
 * A file that is replaced stays mounted as it was: only a new container sees the new one. What cannot be read here may
 * still be there on the engine's host; changes of it are not seen then.
 */
function hashOf(found: FileText): { readonly contentHash?: string } {
  return "text" in found ? { contentHash: createHash("sha256").update(encoded(found)).digest("hex") } : {};
}

/** As in Compose: the file is mounted, and a mount shows it as it is. */
function warnUnused(node: Node): void {
  const hint = "change owner and mode of the file itself, or give it by `environment` or `content`";
  warn(node, node.place.key, "has no effect: a `file:` is mounted as it is on the host", hint);
}
