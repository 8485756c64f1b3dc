import { readDotenv, readRawEnv, type DotenvFile } from "../document/variables/dotenv.js";
import { relativePath } from "../document/host-path.js";
import { whyMissing, type Decrypted } from "../document/library.js";
import type { Variables } from "../document/variables/interpolate.js";
import { isMapping, items, quoted, read, report, reportMissing, type Node, type Reading } from "../document/node.js";
import { environment, labels, reservedPrefix } from "../document/pairs.js";
import { boolean, choice, filledText } from "../document/scalar.js";
import { foreignFault, type Decoded } from "../../tools/utf8.js";
import { fields } from "../keys/fields.js";
import { envFileKeys } from "../keys/load-keys.js";

type Texts = Readonly<Record<string, string>>;

const longestText = 1_048_576;
const optionalHint = "create it, or write a list with `{path: …, required: false}`";

/** The variables of a service: `environment` over its `env_file`. */
export function environmentOf(
  environmentNode: Node | undefined,
  fileNode: Node | undefined,
): Readonly<Record<string, string | null>> {
  const files = (own: Texts) => (fileNode === undefined ? {} : envFiles(fileNode, own));
  return environmentNode === undefined ? files({}) : environment(environmentNode, files);
}

/** The labels of a service: `labels` over its `label_file`. */
export function labelsOf(labelsNode: Node | undefined, fileNode: Node | undefined): Texts {
  return { ...read(fileNode, labelFiles), ...read(labelsNode, labels) };
}

/**
 * `env_file`: a path, or a list of paths and of mappings with `path`, `required` and `format`. Later files win. Variables
 * in them are the project's, else those of `own` (the service's `environment`), else of earlier lines and files.
 */
function envFiles(node: Node, own: Texts): Texts {
  return collect(node, (item) => (isMapping(item.value) ? longForm(item) : pathAlone(item, optionalHint)), own);
}

/** `label_file`: a path or a list of paths, in the dialect of `env_file`. */
function labelFiles(node: Node): Texts {
  const decode = (item: Node) => {
    const file = pathAlone(item, "create it, or remove it from the list");
    return file && { ...file, mayBeEncrypted: false };
  };
  const found = collect(node, decode, {});
  const reserved = Object.keys(found).map(reservedPrefix);
  for (const prefix of new Set(reserved.filter((each) => each !== undefined))) {
    report(node, `labels under ${prefix} are Fairlead's own`, "choose another prefix");
  }
  return found;
}

/** Reports what is wrong with a file of variables, and reads the rest of it. */
export function takeDotenv(
  reading: Reading,
  file: string,
  { text, foreign, decrypted }: Decoded & { readonly decrypted?: Decrypted },
  parse: () => DotenvFile,
): DotenvFile["entries"] {
  if (foreign !== undefined) {
    reading.problems.push({ file, path: "", ...foreignFault(foreign) });
    return [];
  }
  if (decrypted?.isBase64 === true) {
    const message = "what is encrypted in the file is not UTF-8 text";
    reading.problems.push({ file, path: "", message, hint: "save it as UTF-8, and encrypt it again" });
    return [];
  }
  if (text.length > longestText) {
    reading.problems.push({ file, path: "", message: "the file is larger than 1 MiB" });
    return [];
  }
  const { entries, faults, warnings } = parse();
  reading.problems.push(...faults.map((fault) => ({ file, ...fault })));
  reading.warnings.push(...warnings.map((warning) => ({ file, ...warning })));
  return entries;
}

interface EnvFile {
  readonly at: Node;
  readonly named: string;
  readonly required: boolean;
  readonly raw: boolean;
  /** What to do where it is missing. */
  readonly hint: string;
  /** Absent: yes. */
  readonly mayBeEncrypted?: boolean;
}

function collect(node: Node, decode: (item: Node) => EnvFile | null, own: Texts): Texts {
  const listed = typeof node.value === "string" ? [node] : items(node);
  const given = new Map<string, string>();
  for (const item of listed) {
    const file = decode(item);
    if (file === null) continue;
    const lookUp: Variables = (name) =>
      file.at.reading.variables(name) ?? (Object.hasOwn(own, name) ? own[name] : undefined);
    for (const [name, value] of variablesOf(file, lookUp, (name) => given.get(name))) given.set(name, value);
  }
  return Object.fromEntries(given);
}

function variablesOf(
  { at, named, required, raw, hint, mayBeEncrypted = true }: EnvFile,
  lookUp: Variables,
  earlier: Variables,
): DotenvFile["entries"] {
  const { library } = at.reading;
  const path = relativePath(at, named);
  if (path === null) return [];
  const found = library.read(path);
  if ("text" in found && found.decrypted !== undefined && !mayBeEncrypted) {
    report(at, `${quoted(at)} is encrypted`, "labels are open to everybody who sees a container");
    return [];
  }
  if ("text" in found) {
    const parse = () => (raw ? readRawEnv(found.text, lookUp) : readDotenv(found.text, lookUp, earlier));
    return takeDotenv(at.reading, library.nameOf(path), found, parse);
  }
  if (found.missing === "ENOENT" && !required) return [];
  if (found.encrypted !== undefined) report(at, whyMissing(found.missing, quoted(at)), found.encrypted.hint);
  else reportMissing(at, path, found.missing, hint);
  return [];
}

function pathAlone(item: Node, hint: string): EnvFile | null {
  const named = filledText(item);
  return named === null ? null : { at: item, named, required: true, raw: false, hint };
}

function longForm(item: Node): EnvFile | null {
  const field = fields(item, envFileKeys);
  const at = field("path");
  if (at === undefined) return report(item, "`path` is missing", "it names the file");
  const required = read(field("required"), boolean) ?? true;
  const raw = read(field("format"), (format) => choice(format, ["raw"])) === "raw";
  const named = filledText(at);
  return named === null ? null : { at, named, required, raw, hint: optionalHint };
}
