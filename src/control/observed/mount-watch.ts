/*
 * What the engine does not say of what runs lives here: what was asked, watched or counted. It decides nothing.
 */

import { dirname } from "node:path";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { containersOf } from "../../plan/model/host/host-index.js";
import { keyOf, runOf } from "../../plan/model/host/observed.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer, UnreadFile } from "../../plan/model/host/observed.js";
import type { Journal } from "../journal/journal.js";
import type { MountedFile } from "../journal/mounted-record.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { HostFiles } from "../ports/host-files.js";
import { pause } from "../time/pause.js";
import { Quiet, settlingMs } from "../time/quiet.js";
import { pointsOf } from "./mounted-points.js";
import type { Point } from "./mounted-points.js";
import { stateOf } from "./mounted-state.js";
import type { PointState } from "./mounted-state.js";

export interface MountWatchOptions {
  readonly files: HostFiles;
  readonly engine: Pick<Engine, "statMounted">;
  readonly journal: Pick<Journal, "record" | "append">;
  readonly clock: Clock;
  /** Undefined: no file declares it. */
  readonly declared: (key: ServiceKey) => ServiceSpec | undefined;
  /** A file that a container of the service has mounted is not as it was when it was last looked at. */
  readonly onChange: (key: ServiceKey) => void;
}

/** How soon a changed file is noticed. */
const everyMs = 3_000;

interface Looked {
  readonly point: Point;
  /** What was judged; empty: nothing was there. */
  readonly print: string;
}

interface Judged {
  readonly print: string;
  readonly known: MountedFile;
  readonly file: UnreadFile | undefined;
}

/**
 * What a run of a container has found in the files of the host that it has mounted is known where nothing has changed since
 * its start; it is kept in the journal, and so is what its process is told of later. What is there now is compared with that. A
 * file that is mounted by itself is looked up at the start and never again: who replaces it (git, an editor, `mv`) leaves
 * the container with the old one; what is written into it, or changes in a mounted folder, the container sees. Where it
 * cannot be seen from here, nothing is said.
 */
export class MountWatch {
  /** By service, and by container and path. */
  readonly #looked = new Map<ServiceKey, ReadonlyMap<string, Looked>>();
  readonly #judged = new Map<string, Judged>();
  /** What this process has seen there, and since when it is gone: what it never saw may be out of its sight. */
  readonly #seen = new Map<string, { readonly goneAt: number | undefined }>();
  readonly #quiet: Quiet;
  /** Those that were there at the last look. */
  #present: HostSnapshot["containers"] = [];

  constructor(private readonly options: MountWatchOptions) {
    this.#quiet = new Quiet(options.clock);
  }

  /** Looks after the files until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    let isUnsettled = false;
    for (;;) {
      await pause(this.options.clock, isUnsettled ? settlingMs : everyMs, signal);
      if (signal.aborted) return;
      isUnsettled = await this.#poll();
    }
  }

  /** The host, with what containers have not read of their files: those of this service; without a key of all, as of now. */
  async look(host: HostSnapshot, key?: ServiceKey): Promise<HostSnapshot> {
    const concerned = (key === undefined ? host.containers : ofService(host, key)).filter(isWatched);
    const before = key === undefined ? undefined : (this.#looked.get(key) ?? new Map<string, Looked>());
    if (key !== undefined) this.#looked.delete(key);
    this.#forgetGone(host);
    const seen = new Map<string, ObservedContainer>();
    for (const container of concerned) {
      const shown = await this.#lookAt(container, before);
      if (shown !== container) seen.set(container.id, shown);
    }
    if (seen.size === 0) return host;
    return { ...host, containers: host.containers.map((one) => seen.get(one.id) ?? one) };
  }

  #forgetGone({ containers }: HostSnapshot): void {
    if (containers === this.#present) return;
    this.#present = containers;
    const ids = new Set(containers.map(({ id }) => id));
    const isThere = (place: string) => ids.has(place.slice(0, place.indexOf(" ")));
    for (const known of [this.#judged, this.#seen])
      for (const place of known.keys()) if (!isThere(place)) known.delete(place);
    this.#quiet.keepOnly(isThere);
  }

  async #lookAt(
    container: ObservedContainer,
    before: ReadonlyMap<string, Looked> | undefined,
  ): Promise<ObservedContainer> {
    const { journal, clock, files, declared } = this.options;
    const { id, mounts = [] } = container;
    // The engine's own word: it is compared with times of files, and over restarts of ours.
    const startedAt = runOf(container) ?? 0;
    const key = keyOf(container);
    const record = journal.record(key).mounted.get(id);
    const known = record?.startedAt === startedAt ? record.files : new Map<string, MountedFile>();
    const found: Record<string, MountedFile> = {};
    const looked = new Map(this.#looked.get(key));
    const unread: UnreadFile[] = [];
    const unwatched: string[] = [];
    for (const point of pointsOf(mounts, declared(key))) {
      const place = placeOf(id, point);
      const state = await stateOf(files, point);
      if (state === "too-large") unwatched.push(point.path);
      const there = state === "too-large" ? undefined : state;
      const print = there?.print ?? "";
      const had = known.get(point.path);
      const first = had === undefined && there !== undefined ? await this.#found(point, there, startedAt) : undefined;
      if (first !== undefined) found[point.path] = first;
      const file = there === undefined || had === undefined ? undefined : await this.#judge(id, point, there, had);
      if (there !== undefined) this.#seen.set(place, { goneAt: undefined });
      else if (state === undefined && had !== undefined) {
        const removed = await this.#removed(place, point, had);
        if (removed !== undefined) unread.push(removed);
      }
      const isDue = file === undefined || before === undefined || !point.isReloaded;
      const isSettled = isDue || this.#quiet.has(place, print);
      if (isSettled && file !== undefined) unread.push(file);
      // What is still being written is looked at again as soon as it is left alone.
      looked.set(place, { point, print: isSettled ? print : (before.get(place)?.print ?? "") });
    }
    if (before !== undefined) this.#looked.set(key, looked);
    if (Object.keys(found).length > 0) {
      await journal.append({ type: "mounted", at: clock.now(), key, container: id, startedAt, files: found });
    }
    if (unread.length === 0 && unwatched.length === 0) return container;
    return {
      ...container,
      ...(unread.length === 0 ? {} : { unread }),
      ...(unwatched.length === 0 ? {} : { unwatched }),
    };
  }

  /**
   * What the run has found there, if nothing has changed about it since. Where changes are told, what is there at the first
   * look is taken for that.
   */
  async #found(point: Point, state: PointState, startedAt: number): Promise<MountedFile | undefined> {
    const isOlder = state.changedAt <= startedAt;
    if (!isOlder && !point.isReloaded) return undefined;
    const content = await state.content();
    const after = await stateOf(this.options.files, point);
    if (content === undefined || typeof after !== "object" || after.print !== state.print) return undefined;
    return { identity: state.identity, content, ...(isOlder ? {} : { assumed: true as const }) };
  }

  /** Another file with the same content is as good as the old one. */
  async #judge(
    container: string,
    point: Point,
    state: PointState,
    known: MountedFile,
  ): Promise<UnreadFile | undefined> {
    const place = placeOf(container, point);
    const { print, identity, changedAt: since } = state;
    const before = this.#judged.get(place);
    if (before?.print === print && before.known === known) return before.file;
    const isReplaced = identity !== known.identity;
    const concerns = point.isReloaded || (isReplaced && known.assumed !== true);
    const content = concerns ? await state.content() : undefined;
    const isOther = content !== undefined && content !== known.content;
    const change = isReplaced ? ("replaced" as const) : ("written" as const);
    const file =
      isOther && (await this.#isEngines(container, point, state))
        ? { path: point.path, change, since, identity, content }
        : undefined;
    this.#judged.set(place, { print, known, file });
    return file;
  }

  /** Nobody has put another one there yet: its folder is there, and it has been gone for a while. */
  async #removed(place: string, { path, source }: Point, known: MountedFile): Promise<UnreadFile | undefined> {
    const { files, clock } = this.options;
    const seen = this.#seen.get(place);
    if (seen === undefined || path !== source || !this.#quiet.has(place, "")) return undefined;
    if ((await files.look(dirname(source)))?.kind !== "folder") return undefined;
    const { goneAt: since = clock.now() } = seen;
    this.#seen.set(place, { goneAt: since });
    return { path, change: "removed", since, identity: known.identity, content: known.content };
  }

  /** We may run in a container, or far from the engine, and have a file of our own at that path. */
  async #isEngines(container: string, { target }: Point, { size, modifiedAt }: PointState): Promise<boolean> {
    const stat = await this.options.engine.statMounted(container, target);
    return stat?.size === size && stat.modifiedAt === modifiedAt;
  }

  /** Answers whether something is still being written. */
  async #poll(): Promise<boolean> {
    const states = new Map<string, Promise<string>>();
    const printOf = async (point: Point) => {
      const state = await stateOf(this.options.files, point);
      return typeof state === "object" ? state.print : "";
    };
    let isUnsettled = false;
    for (const [key, looked] of [...this.#looked]) {
      for (const [place, { point, print }] of looked) {
        const state = states.get(point.path) ?? printOf(point);
        states.set(point.path, state);
        const now = await state;
        if (now === print) continue;
        if (this.#quiet.has(place, now)) this.options.onChange(key);
        else isUnsettled = true;
      }
    }
    return isUnsettled;
  }
}

/** One that has ended is known for as long as what is to take its place is judged. */
function isWatched({ role, state, startedAt, mounts = [] }: ObservedContainer): boolean {
  const isKnown = state === "running" || (role === "active" && state === "exited");
  return (role === "active" || role === "next") && isKnown && startedAt !== undefined && mounts.some(isBind);
}

function ofService({ containers }: HostSnapshot, key: ServiceKey): readonly ObservedContainer[] {
  const [project = "", service = ""] = key.split("/");
  return containersOf(containers, { project, service });
}

function placeOf(container: string, { path }: Point): string {
  return `${container} ${path}`;
}

function isBind({ type }: { readonly type: string }): boolean {
  return type === "bind";
}
