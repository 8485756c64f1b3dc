import fc from "fast-check";
import { expect, it } from "vitest";
import { strategyOf } from "../../../src/plan/judge/strategy.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer, UnreadFile } from "../../../src/plan/model/host/observed.js";
import type { Step } from "../../../src/plan/model/step.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { drive } from "./drive.js";
import { fleet, fleetSpec } from "./fleet.js";
import { desire, now } from "./world.js";

const path = "/srv/shop/nginx.conf";
const mount = { type: "bind", source: path, target: "/etc/nginx.conf", readOnly: true, createHostPath: true } as const;

interface Version {
  readonly inode: number;
  readonly content: number;
}

interface Change {
  readonly afterMs: number;
  readonly kind: "write" | "replace";
}

/** A file of the host, what has been done to it by a moment, and what each container has of it. */
class File {
  readonly #read = new Map<string, Version & { readonly startedAt: number | undefined }>();
  readonly signals: string[] = [];

  constructor(private readonly changes: readonly Change[]) {}

  at(time: number): Version & { readonly since: number } {
    let version = { inode: 1, content: 1, since: 0 };
    for (const { afterMs, kind } of this.changes) {
      const since = now + afterMs;
      if (since > time) break;
      const { inode, content } = version;
      version = { inode: kind === "replace" ? inode + 1 : inode, content: content + 1, since };
    }
    return version;
  }

  /** The same host, with what its containers have not read. */
  seen(host: HostSnapshot): HostSnapshot {
    const containers = host.containers.map((one): ObservedContainer => {
      const read = this.#readBy(one);
      const { inode, content, since } = this.at(host.takenAt);
      if (one.startedAt === undefined || read.content === content) return { ...one, unread: [] };
      const change: UnreadFile["change"] = read.inode === inode ? "written" : "replaced";
      return { ...one, unread: [{ path, change, since, identity: String(inode), content: String(content) }] };
    });
    return { ...host, containers };
  }

  /** A signal brings what is there at that moment; to a container that has another file, nothing. */
  told(step: Step, host: HostSnapshot): void {
    if (step.kind !== "signal-container") return;
    this.signals.push(step.container);
    const container = host.containers.find(({ name }) => name === step.container);
    if (container === undefined) return;
    const read = this.#readBy(container);
    const { inode, content } = this.at(host.takenAt);
    if (read.inode === inode) this.#read.set(container.id, { ...read, content });
  }

  isRead(host: HostSnapshot): boolean {
    const { inode, content } = this.at(host.takenAt);
    const actives = host.containers.filter(({ role }) => role === "active");
    return actives.every((one) => this.#readBy(one).inode === inode && this.#readBy(one).content === content);
  }

  #readBy({ id, startedAt }: ObservedContainer) {
    const known = this.#read.get(id);
    if (known !== undefined && known.startedAt === startedAt) return known;
    const { inode, content } = this.at(startedAt ?? 0);
    const read = { inode, content, startedAt };
    this.#read.set(id, read);
    return read;
  }
}

const changesOf = fc.array(
  fc.record({ gapMs: fc.integer({ min: 1, max: 20_000 }), kind: fc.constantFrom("write", "replace") }),
  {
    minLength: 1,
    maxLength: 4,
  },
);
const crashes = fc.uniqueArray(fc.nat(30), { maxLength: 3 }).map((list) => new Set(list));

it("every change is read in the end, by signals one at a time or new containers, over any crash, and somebody serves", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom<"start-first" | "stop-first">("start-first", "stop-first"),
      changesOf,
      crashes,
      (replicas, order, gaps, dies) => {
        const changes = gaps.map(({ kind }, index): Change => {
          const afterMs = gaps.slice(0, index + 1).reduce((total, { gapMs }) => total + gapMs, 0);
          return { afterMs, kind: kind };
        });
        const file = new File(changes);
        const spec = fleetSpec(
          replicas,
          { order, monitorMs: 2_000 },
          { reload: { kind: "signal", signal: "SIGHUP" }, container: { mounts: [mount] } },
        );
        const start = fleet(replicas);
        const isStartFirst = strategyOf(spec, viewOf(start, spec, new Map())).order === "start-first";
        let [host, memory] = [start, emptyMemory];
        for (const [visit, { afterMs: moment }] of changes.entries()) {
          const arrival = drive({
            desired: desire("a", spec),
            start: { ...host, takenAt: Math.max(host.takenAt, now + moment) },
            behaviours: {},
            crashes: visit === 0 ? dies : new Set(),
            memory,
            forgetful: false,
            seen: (world) => file.seen(world),
            onStep: (step, before, after) => {
              file.told(step, before);
              const up = after.containers.filter(({ state, networks }) => {
                return state === "running" && networks.some(({ aliases }) => aliases.includes("web"));
              });
              if (isStartFirst) expect(up.length, `after ${step.kind}`).toBeGreaterThanOrEqual(replicas);
            },
          });
          expect(arrival.outcome).toMatchObject({ kind: "converged", reason: "Converged" });
          ({ host, memory } = arrival);
        }
        expect(file.isRead(host)).toBe(true);
        expect(host.containers.map(({ role }) => role)).toEqual(Array.from({ length: replicas }, () => "active"));
        expect(file.signals.length).toBeLessThanOrEqual(replicas * changes.length + dies.size);
      },
    ),
    { numRuns: 200 },
  );
});
