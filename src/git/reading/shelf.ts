import { notRegular, type FileText } from "../../compose/document/library.js";
import { decoded, type Decoded } from "../../tools/utf8.js";
import { hostShelf, type Shelf } from "../../source/texts.js";
import { isPointer } from "../kept/contents.js";
import type { Tree } from "../repository/tree.js";
import { insideOf, linkFault } from "./ground.js";

export interface ShelfOptions {
  readonly tree: Tree;
  readonly root: string;
  readonly textsOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>;
}

/** The texts of a revision. What git does not know is read where it stands on the host, such as an `.env` with secrets. */
export class RevisionShelf implements Shelf {
  readonly #texts = new Map<string, Decoded>();

  constructor(private readonly options: ShelfOptions) {
    this.read = this.read.bind(this);
    this.bytes = this.bytes.bind(this);
    this.stamp = this.stamp.bind(this);
  }

  /** Has these paths at hand, read in one go. */
  async prepare(paths: Iterable<string>): Promise<void> {
    const ids = [...paths].flatMap((path) => {
      const found = this.#find(path);
      return found?.kind === "entry" && found.entry.kind === "file" ? [found.entry.id] : [];
    });
    const texts = await this.options.textsOf(ids.filter((id) => !this.#texts.has(id)));
    for (const [id, text] of texts) this.#texts.set(id, decoded(text));
  }

  /** What was read of it is not needed again. */
  forget(): void {
    this.#texts.clear();
  }

  async read(path: string, any: boolean): Promise<FileText> {
    const found = this.#find(path);
    if (found === undefined) return hostShelf.read(path, any);
    if (found.kind === "submodule") return { missing: `${found.path} is a submodule, which is not fetched` };
    if (found.kind === "outside") {
      return { missing: linkFault(found) };
    }
    if (found.kind === "nothing") return hostShelf.read(path, any);
    const { kind, id } = found.entry;
    if (kind !== "file") return { missing: notRegular };
    await this.prepare([path]);
    const known = this.#texts.get(id) ?? { text: "" };
    return isPointer(known.text) ? { missing: "it is only a pointer to Git LFS" } : known;
  }

  async bytes(path: string): Promise<Buffer | undefined> {
    const found = this.#find(path);
    if (found === undefined || found.kind === "nothing") return hostShelf.bytes(path);
    if (found.kind !== "entry" || found.entry.kind !== "file") return undefined;
    return (await this.options.textsOf([found.entry.id])).get(found.entry.id);
  }

  async stamp(path: string): Promise<string> {
    return this.stampIn(path) ?? hostShelf.stamp(path);
  }

  /** Undefined: it is not of the revision. */
  stampIn(path: string): string | undefined {
    const found = this.#find(path);
    if (found === undefined || found.kind === "nothing") return undefined;
    return found.kind === "entry" ? `${found.entry.kind}:${found.entry.id}` : `${found.kind}:${found.path}`;
  }

  /** Undefined: the path lies elsewhere on the host. */
  #find(path: string) {
    const inside = insideOf(this.options.root, path);
    return inside === undefined ? undefined : this.options.tree.find(inside);
  }
}
