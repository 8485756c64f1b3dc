import { readdir, rm } from "node:fs/promises";
import { join, posix } from "node:path";

/** What nobody mounts may still be on its way into a container. */
const graceMs = 600_000;

/** A folder of things that may go once nobody has needed them for a while. Names that begin with a dot are no such things. */
export class Sweeper {
  readonly #idleSince = new Map<string, number>();

  constructor(private readonly folder: string) {}

  /** Somebody needs it from now on. */
  spare(name: string): void {
    this.#idleSince.delete(name);
  }

  /** Takes away what has been idle for so long; `used` are paths. */
  async sweep(used: Iterable<string>, now: number): Promise<void> {
    const kept = new Set([...used].flatMap((path) => this.nameOf(path)));
    for (const name of await this.names()) {
      const since = this.#idleSince.get(name);
      if (kept.has(name) || name.startsWith(".")) this.#idleSince.delete(name);
      else if (since === undefined) this.#idleSince.set(name, now);
      else if (now - since >= graceMs) {
        await rm(join(this.folder, name), { recursive: true, force: true });
        this.#idleSince.delete(name);
      }
    }
  }

  /** Which of them a path lies in. */
  nameOf(path: string): readonly string[] {
    const inside = posix.relative(this.folder, path);
    const [name = ""] = inside.split("/");
    return name === "" || name === ".." ? [] : [name];
  }

  async names(): Promise<readonly string[]> {
    return readdir(this.folder).catch(() => []);
  }
}
