import { posix } from "node:path";
import { Secret } from "../../tools/secret.js";
import { relativePath } from "../document/host-path.js";
import { quoted, report, standing, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";
import type { BuildContext, GitContext } from "../model/container/build-spec.js";

/** What Docker takes for a repository: any other text is a path. */
const gitPattern = /^(?:git:\/\/|ssh:\/\/|github\.com\/|[\w.-]+@[\w.-]+:|https?:\/\/[^#?]+\.git(?:$|[#?]))/;

/** A folder, relative to the file's, or a git repository: `https://host/repository.git#ref:subdirectory`. */
export function buildContext(node: Node): BuildContext | null {
  const text = filledText(node);
  if (text === null) return null;
  if (gitPattern.test(text)) return gitContext(node, text);
  if (!/^[a-z][a-z+.-]*:\/\//i.test(text)) {
    const folder = relativePath(node, text);
    return folder === null ? null : folderContext(node, folder);
  }
  const hint = "write a folder, or a repository whose URL ends in .git";
  if (/:\/\/[^/]*@/.test(text)) return report(node, "the URL is neither a folder nor a git repository", hint);
  return report(node, `${quoted(node)} is neither a folder nor a git repository`, hint);
}

export function folderContext(node: Node, folder: string): BuildContext | null {
  const path = standing(node, folder, "build");
  return path === null ? null : { kind: "path", path };
}

function gitContext(node: Node, text: string): BuildContext | null {
  const hash = text.indexOf("#");
  const [url, fragment] = hash < 0 ? [text, ""] : [text.slice(0, hash), text.slice(hash + 1)];
  const colon = fragment.indexOf(":");
  const ref = colon < 0 ? fragment : fragment.slice(0, colon);
  const subdirectory = colon < 0 ? "" : posix.normalize(fragment.slice(colon + 1)).replace(/^\/+|\/+$/g, "");
  if (/^(?:ssh|git):\/\/[^/@]*:[^/]*@/.test(url)) {
    return report(node, "a password in this URL is of no use to anybody but a reader", "use a key: ssh asks for none");
  }
  if (url.includes("?")) return report(node, "a query is not supported", "write `#ref:subdirectory`");
  // Git would take either for an option or for several words.
  if (!/^(?:[\w./@+][\w./@+-]*)?$/.test(ref)) return report(node, "the text after # is not a branch, tag or commit");
  if (subdirectory.split("/").includes("..")) return report(node, "the subdirectory leads out of the repository");
  return {
    kind: "git",
    ...repository(url.startsWith("github.com/") ? `https://${url}` : url),
    ref: ref === "" ? undefined : ref,
    subdirectory: subdirectory === "" || subdirectory === "." ? undefined : subdirectory,
  };
}

/** The user of `ssh://` is no secret, and has no password here. */
function repository(url: string): Pick<GitContext, "url" | "login"> {
  const [, scheme, login, rest] = /^(https?:\/\/)([^/]+)@(.*)$/s.exec(url) ?? [];
  if (scheme === undefined || login === undefined || rest === undefined) return { url };
  return { url: `${scheme}${rest}`, login: new Secret(login) };
}
