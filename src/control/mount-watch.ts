import { runOf } from "../plan/observed.js";
import type { HostSnapshot, ObservedContainer, ObservedMount } from "../plan/observed.js";
import { serviceKey } from "../spec/service.js";
import type { ServiceKey } from "../spec/service.js";
import type { Journal } from "./journal.js";
import { pause } from "./pause.js";
import type { Clock, Engine, HostFile, HostFiles } from "./ports.js";
import type { MountedFile } from "./record.js";

export interface MountWatchOptions {
  readonly files: HostFiles;
  readonly engine: Pick<Engine, "statMounted">;
  readonly journal: Pick<Journal, "record" | "append">;
  readonly clock: Clock;
  /** A file that a container of the service has mounted is another one now, or the one it was again. */
  readonly onChange: (key: ServiceKey) => void;
}

/** How soon a replaced file is noticed. */
const everyMs = 3_000;

/**
 * A file that is mounted by itself is looked up at the container's start and never again: who replaces it (git, an editor,
 * `mv`) leaves the container with the old one. What a run has found is known where nothing has changed since its start; it
 * is kept in the journal, and what is at the path later is compared with that. Where the file could not be seen in time,
 * or cannot be seen from here at all, nothing is said.
 */
export class MountWatch {
  /** What has been seen at a path of a service's containers when they were last looked at. */
  readonly #seen = new Map<ServiceKey, ReadonlyMap<string, string>>();
  /** What was concluded from the file that is at the path of a container's mount. */
  readonly #judged = new Map<string, { readonly print: string; readonly stale: boolean }>();

  constructor(private readonly options: MountWatchOptions) {}

  /** Looks after the files until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.options.clock, everyMs, signal);
      if (signal.aborted) return;
      await this.#poll();
    }
  }

  /** The host, where what serves says which of its files are stale: of this service; without a key of all. */
  async look(host: HostSnapshot, key?: ServiceKey): Promise<HostSnapshot> {
    const concerned = host.containers.filter((one) => isWatched(one) && (key === undefined || keyOf(one) === key));
    if (key !== undefined) this.#seen.delete(key);
    for (const place of this.#judged.keys()) {
      if (!host.containers.some(({ id }) => place.startsWith(id))) this.#judged.delete(place);
    }
    if (concerned.length === 0) return host;
    const looked = new Map<string, ObservedContainer>();
    for (const container of concerned) looked.set(container.id, await this.#lookAt(container));
    return { ...host, containers: host.containers.map((one) => looked.get(one.id) ?? one) };
  }

  async #lookAt(container: ObservedContainer): Promise<ObservedContainer> {
    const { journal, clock } = this.options;
    const { id, mounts = [] } = container;
    // The engine's own word: it is compared with times of files, and over restarts of ours.
    const startedAt = runOf(container) ?? 0;
    const key = keyOf(container);
    const record = journal.record(key).mounted.get(id);
    const known = record?.startedAt === startedAt ? record.files : new Map<string, MountedFile>();
    const news: [path: string, MountedFile][] = [];
    const seen = new Map(this.#seen.get(key));
    const after: ObservedMount[] = [];
    for (const mount of mounts) {
      const file = mount.type === "bind" ? await this.options.files.look(mount.source) : undefined;
      if (mount.type === "bind") seen.set(mount.source, file?.identity ?? "");
      const had = known.get(mount.source);
      if (had === undefined) news.push(...(await this.#noted(mount.source, file, startedAt)));
      const isStale = file !== undefined && had !== undefined && (await this.#isStale(id, mount, file, had));
      after.push(isStale ? { ...mount, stale: true } : mount);
    }
    this.#seen.set(key, seen);
    if (news.length > 0) {
      const files = Object.fromEntries([...known, ...news]);
      await journal.append({ type: "mounted", at: clock.now(), key, container: id, startedAt, files });
    }
    return { ...container, mounts: after };
  }

  /** What the run has found there, if nothing has changed about it since. */
  async #noted(path: string, file: HostFile | undefined, startedAt: number): Promise<[string, MountedFile][]> {
    if (file === undefined || file.changedAt > startedAt) return [];
    const content = await this.options.files.contentOf(path);
    return content === undefined ? [] : [[path, { identity: file.identity, content }]];
  }

  /** Another file with the same content is as good as the old one. */
  async #isStale(container: string, mount: ObservedMount, file: HostFile, had: MountedFile): Promise<boolean> {
    if (file.identity === had.identity) return false;
    const place = `${container} ${mount.source}`;
    const print = `${file.identity} ${file.changedAt}`;
    const before = this.#judged.get(place);
    if (before?.print === print) return before.stale;
    const content = await this.options.files.contentOf(mount.source);
    const isOther = content !== undefined && content !== had.content;
    const stale = isOther && (await this.#isEngines(container, mount, file));
    this.#judged.set(place, { print, stale });
    return stale;
  }

  /** We may run in a container, or far from the engine, and have a file of our own at that path. */
  async #isEngines(container: string, { target }: ObservedMount, { size, modifiedAt }: HostFile): Promise<boolean> {
    const stat = await this.options.engine.statMounted(container, target);
    return stat?.size === size && stat.modifiedAt === modifiedAt;
  }

  async #poll(): Promise<void> {
    for (const [key, seen] of [...this.#seen]) {
      for (const [path, identity] of seen) {
        const file = await this.options.files.look(path);
        if ((file?.identity ?? "") === identity) continue;
        this.options.onChange(key);
        break;
      }
    }
  }
}

function isWatched({ role, state, startedAt, mounts = [] }: ObservedContainer): boolean {
  return (
    role === "active" && state === "running" && startedAt !== undefined && mounts.some(({ type }) => type === "bind")
  );
}

function keyOf({ project, service }: ObservedContainer): ServiceKey {
  return serviceKey(project, service);
}
