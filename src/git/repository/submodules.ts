import { addressOf, type Address } from "../program/address.js";
import { GitFault } from "../program/fault.js";
import type { Store } from "./store.js";
import type { TreeEntry } from "./tree.js";

const deepest = 4;
const mostModules = 100;

/** What hangs in a commit by way of its submodules, and where: each of their commits is fetched. */
export async function submodulesOf(
  store: Store,
  commit: string,
  address: Address,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> {
  const found: TreeEntry[] = [];
  const queue = [{ commit, address, prefix: "", depth: 0 }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { prefix, depth } = next;
    const modules = (await store.entries(next.commit)).filter(({ kind }) => kind === "submodule");
    if (modules.length === 0) continue;
    const urls = await urlsIn(store, next.commit);
    for (const { path, id } of modules) {
      const url = urls.get(path);
      const name = prefix === "" ? path : `${prefix}/${path}`;
      if (url === undefined) continue;
      const below = resolved(url, next.address, name);
      if (depth >= deepest || found.length + queue.length > mostModules * 10_000) throw tooDeep(name);
      await store.fetchForeign(`sub-${id.slice(0, 12)}`, below.url, id, signal);
      found.push(...(await store.entries(id, name)), marker(name, id));
      queue.push({ commit: id, address: below, prefix: name, depth: depth + 1 });
    }
  }
  return found;
}

/** Says that what is below a submodule is known. */
function marker(name: string, id: string): TreeEntry {
  return { path: `${name}/.`, kind: "folder", executable: false, id };
}

async function urlsIn(store: Store, commit: string): Promise<ReadonlyMap<string, string>> {
  const args = ["config", "--blob", `${commit}:.gitmodules`, "--null", "--get-regexp", "^submodule\\..*\\.(path|url)$"];
  const { output } = await store.run(args, {}, [1]);
  const paths = new Map<string, string>();
  const urls = new Map<string, string>();
  for (const item of output.toString("utf8").split("\0")) {
    const [, name = "", key = "", value = ""] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(item) ?? [];
    if (key === "path") paths.set(name, value);
    if (key === "url") urls.set(name, value);
  }
  return new Map(
    [...paths].flatMap(([name, path]) => {
      const url = urls.get(name);
      return url === undefined ? [] : [[path, url] as const];
    }),
  );
}

/** What a stranger's file names is entered like the repository itself, and only on its own host. */
function resolved(url: string, parent: Address, name: string): Address {
  const text = /^\.\.?\//.test(url) ? relative(url, parent.url) : url;
  const found = addressOf(text);
  if ("wrong" in found) throw refused(name, found.wrong);
  const { address } = found;
  if (address.protocols === parent.protocols && hostOf(address) === hostOf(parent)) return address;
  throw refused(name, "it lies on another host, where this repository's login is not sent");
}

function relative(url: string, parent: string): string {
  let base = parent.replace(/\/+$/, "");
  let rest = url;
  for (let step = /^(\.\.?)\/(.*)$/s.exec(rest); step !== null; step = /^(\.\.?)\/(.*)$/s.exec(rest)) {
    if (step[1] === "..") base = base.replace(/[/:][^/:]*$/, "");
    rest = step[2] ?? "";
  }
  return `${base}/${rest}`;
}

function hostOf({ normal, origin }: Address): string {
  return origin ?? normal.split("/")[0] ?? "";
}

function refused(name: string, why: string): GitFault {
  return new GitFault("FetchFailed", `the submodule ${name} cannot be fetched: ${why}`, "take it into the repository");
}

function tooDeep(name: string): GitFault {
  return refused(name, "there are too many within each other");
}
