import { setImmediate as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";

/** So many are compared before whatever else this process has to do gets its turn. */
const inOneGo = 500;

/**
 * The newer look, in which whatever is as it was is the very same object as before, lists and maps included: whoever has drawn
 * a conclusion from it sees at once that it still holds.
 */
export async function withUnchanged(before: HostSnapshot | undefined, now: HostSnapshot): Promise<HostSnapshot> {
  if (before === undefined) return now;
  return {
    ...now,
    containers: await sameList(before.containers, now.containers, ({ id }) => id),
    foreign: await sameList(before.foreign, now.foreign, ({ id }) => id),
    images: await sameList(before.images, now.images, ({ id }) => id),
    networks: sameMap(before.networks, now.networks),
    volumes: sameMap(before.volumes, now.volumes),
  };
}

async function sameList<T>(before: readonly T[], now: readonly T[], idOf: (one: T) => string): Promise<readonly T[]> {
  const known = new Map(before.map((one) => [idOf(one), one]));
  const list: T[] = [];
  for (const one of now) {
    if (list.length % inOneGo === inOneGo - 1) await pause();
    list.push(sameOr(known.get(idOf(one)), one));
  }
  return list.length === before.length && list.every((one, at) => one === before[at]) ? before : list;
}

function sameMap<T>(before: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (before === now) return before;
  const map = new Map([...now].map(([name, one]) => [name, sameOr(before.get(name), one)]));
  return map.size === before.size && [...map].every(([name, one]) => one === before.get(name)) ? before : map;
}

function sameOr<T>(before: T | undefined, now: T): T {
  return before !== undefined && (before === now || isDeepStrictEqual(before, now)) ? before : now;
}
