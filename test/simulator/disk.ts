import { posix } from "node:path";
import type { Disk, DiskEntry, DiskFile } from "../../src/control/journal/disk/disk.js";

interface SimulatedFile {
  readonly kind: "file";
  readonly number: number;
  content: Buffer;
}

type Node =
  | SimulatedFile
  | { readonly kind: "directory"; readonly names: Map<string, Node> }
  /** A pipe, a device. */
  | { readonly kind: "other" };

const pieceBytes = 256 * 1024;

/** A disk in memory: it answers at once, and forgets nothing but what it is told to. Paths are absolute. */
export class SimulatedDisk implements Disk {
  readonly #root: Node & { kind: "directory" } = { kind: "directory", names: new Map() };
  #numbers = 0;
  /** Of all writes. */
  written = 0;

  makeDirectory: Disk["makeDirectory"] = (path) =>
    answered(() => {
      let here = this.#root;
      for (const name of partsOf(path)) {
        const next = here.names.get(name) ?? { kind: "directory" as const, names: new Map<string, Node>() };
        if (next.kind !== "directory") throw fault(name === posix.basename(path) ? "EEXIST" : "ENOTDIR", path);
        here.names.set(name, next);
        here = next;
      }
    });

  list: Disk["list"] = (directory) =>
    answered(() => {
      const found = this.#find(directory);
      if (found === undefined) return [];
      if (found.kind !== "directory") throw fault("ENOTDIR", directory);
      return [...found.names].map(([name, node]): DiskEntry => ({
        name,
        kind: node.kind,
        bytes: node.kind === "file" ? node.content.length : 0,
      }));
    });

  async *read(file: string, offset = 0): AsyncGenerator<Buffer> {
    const found = await answered(() => this.#file(file));
    for (let from = offset; from < found.content.length; from += pieceBytes) {
      yield Buffer.from(found.content.subarray(from, from + pieceBytes));
    }
  }

  open: Disk["open"] = (path) =>
    answered(() => {
      const { names, name } = this.#place(path);
      if (!names.has(name)) names.set(name, { kind: "file", number: (this.#numbers += 1), content: Buffer.alloc(0) });
      return this.#opened(this.#file(path));
    });

  identity: Disk["identity"] = (path) =>
    answered(() => {
      const found = this.#find(path);
      return found?.kind === "file" ? String(found.number) : undefined;
    });

  rename: Disk["rename"] = (from, to) =>
    answered(() => {
      const [source, target] = [this.#place(from), this.#place(to)];
      const node = source.names.get(source.name);
      if (node === undefined) throw fault("ENOENT", from);
      const there = target.names.get(target.name);
      if (there?.kind === "directory") throw fault(node.kind === "directory" ? "ENOTEMPTY" : "EISDIR", to);
      source.names.delete(source.name);
      target.names.set(target.name, node);
    });

  remove: Disk["remove"] = (path) =>
    answered(() => {
      const found = this.#find(path);
      if (found === undefined) return;
      if (found.kind === "directory") throw fault("EISDIR", path);
      const { names, name } = this.#place(path);
      names.delete(name);
    });

  syncDirectory: Disk["syncDirectory"] = (directory) =>
    answered(() => {
      if (this.#find(directory) === undefined) throw fault("ENOENT", directory);
    });

  /** What nobody can read or write stands there. */
  plant(path: string): void {
    const { names, name } = this.#place(path);
    names.set(name, { kind: "other" });
  }

  /** Everything below, too. */
  removeTree(path: string): void {
    const { names, name } = this.#place(path);
    names.delete(name);
  }

  #opened(file: SimulatedFile): DiskFile {
    const state = { isOpen: true };
    const whileOpen = <T>(act: () => T): Promise<T> =>
      answered(() => {
        if (!state.isOpen) throw fault("EBADF", "a closed file");
        return act();
      });
    return {
      identity: String(file.number),
      write: (text) =>
        whileOpen(() => {
          const bytes = Buffer.from(text);
          this.written += bytes.length;
          file.content = Buffer.concat([file.content, bytes]);
        }),
      sync: () => whileOpen(() => undefined),
      truncate: (bytes) =>
        whileOpen(() => {
          file.content = file.content.subarray(0, bytes);
        }),
      close: () =>
        answered(() => {
          state.isOpen = false;
        }),
    };
  }

  #file(path: string): SimulatedFile {
    const found = this.#find(path);
    if (found === undefined) throw fault("ENOENT", path);
    if (found.kind !== "file") throw fault("EINVAL", path);
    return found;
  }

  #find(path: string): Node | undefined {
    let here: Node | undefined = this.#root;
    for (const name of partsOf(path)) {
      if (here === undefined) return undefined;
      if (here.kind !== "directory") throw fault("ENOTDIR", path);
      here = here.names.get(name);
    }
    return here;
  }

  #place(path: string): { readonly names: Map<string, Node>; readonly name: string } {
    const parent = this.#find(posix.dirname(path));
    if (parent === undefined) throw fault("ENOENT", path);
    if (parent.kind !== "directory") throw fault("ENOTDIR", path);
    return { names: parent.names, name: posix.basename(path) };
  }
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

async function answered<T>(act: () => T): Promise<T> {
  await Promise.resolve();
  return act();
}
