import { createHash } from "node:crypto";
import { given } from "../../tools/present.js";
import { Secret } from "../../tools/secret.js";
import { findDeclared, type Declared } from "../declarations/declared.js";
import { remedyFor, type FileText } from "../document/library.js";
import { fileMode } from "../document/file-mode.js";
import { lastOfEach, sameTarget } from "../document/lists.js";
import { isMapping, read, report, standing, warn, wrongKind, type Node } from "../document/node.js";
import { filledText, integer, text } from "../document/scalar.js";
import { encoded } from "../../tools/utf8.js";
import { configGrantKeys, secretGrantKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";
import type { StoredFile } from "../model/cluster.js";
import type { ContainerFile } from "../model/container/container-file.js";
import type { Mount } from "../model/mount.js";
import type { ContainerSpec } from "../model/service.js";
import { quote } from "../../tools/quote.js";
import type { Content, ContentSection } from "./contents.js";
import { containerPath } from "./mounts.js";

/** What a service's `configs` and `secrets` amount to: files of the host that are mounted, and files to be written. */
export interface Grants {
  readonly mounts: readonly Mount[];
  readonly files: readonly ContainerFile[];
  /** Only on a Swarm: what its store has already. */
  readonly stored: readonly StoredFile[];
  /** Only on a Swarm: what the files bear in its store, by their origin. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

interface Granted {
  readonly node: Node;
  readonly result: { readonly mount: Mount } | { readonly file: ContainerFile } | { readonly stored: StoredFile };
  readonly labels?: Readonly<Record<string, string>>;
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
  for (const { node, file } of files) {
    if (node.reading.engine === "swarm") reportTooLarge(node, file);
    else reportUnwritable(node, file, container);
  }
  return {
    mounts: found.flatMap(({ result }) => ("mount" in result ? [result.mount] : [])),
    files: files.map(({ file }) => file),
    stored: found.flatMap(({ result }) => ("stored" in result ? [result.stored] : [])),
    labels: new Map(
      found.flatMap(({ result, labels }) =>
        "file" in result && labels !== undefined ? [[result.file.origin, labels] as const] : [],
      ),
    ),
  };
}

function targetOf({ result }: Pick<Granted, "result">): string {
  if ("mount" in result) return result.mount.target;
  return "file" in result ? result.file.path : result.stored.path;
}

/** Of one config or secret in a Swarm's store, a little below what the engine takes. */
const largestContent = 500_000;

function reportTooLarge(node: Node, { content, isBase64 }: ContainerFile): void {
  const size = Buffer.byteLength(content.reveal(), isBase64 === true ? "base64" : "utf8");
  if (size <= largestContent) return;
  const message = `a config or secret of a Swarm has ${largestContent} bytes at most, and this one has ${size}`;
  report(node, message, "put it into the image, or into a volume");
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
  const origin = `${section}.${key}`;
  const rights = { mode: mode ?? 0o444, uid: uid ?? 0, gid: gid ?? 0 };
  const asFile = (text: Secret, isBase64 = false): Granted => {
    const file = { origin, path, content: text, ...(isBase64 ? { isBase64: true as const } : {}), ...rights };
    return { node, result: { file }, ...given({ labels: content.labels }) };
  };
  switch (content.kind) {
    case "text":
      return asFile(content.text);
    case "stored": {
      const kind = section === "configs" ? "config" : "secret";
      return { node, result: { stored: { origin, path, ...rights, kind, stored: content.name } } };
    }
    case "command": {
      const found = node.reading.library.read(content.path);
      if ("missing" in found) return report(node, `${quote(key)} is not told: ${found.missing}`);
      return asFile(new Secret(found.text), found.decrypted?.isBase64);
    }
    case "file": {
      const found = node.reading.library.read(content.path);
      if ("missing" in found && found.encrypted !== undefined) {
        return report(node, `the file of ${quote(key)} cannot be read (${found.missing})`, found.encrypted.hint);
      }
      if ("text" in found && found.decrypted !== undefined) {
        return asFile(new Secret(found.text), found.decrypted.isBase64);
      }
      // No node has the file: it is given what is in it.
      if (node.reading.engine === "swarm") {
        if ("missing" in found) {
          const hint = remedyFor(found.missing, "write the file, or name another one");
          return report(node, `the file of ${quote(key)} cannot be read (${found.missing})`, hint);
        }
        if (found.foreign === undefined) return asFile(new Secret(found.text));
        return asFile(new Secret(encoded(found).toString("base64")), true);
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
