import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Live, type Wish } from "../../../../src/git/live/live.js";
import { Killed, SimulatedLiveDisk } from "../../../simulator/live-disk.js";

const tracked = ["conf/a", "conf/b", "conf/sub", "conf/sub/c", "single"] as const;
const untracked = ["conf/own", "conf/sub/own"] as const;
const mounts: ReadonlySet<string> = new Set(["conf", "single"]);

const write = fc.record({
  kind: fc.constantFrom("write" as const, "replace" as const, "delete" as const),
  path: fc.constantFrom(...tracked, ...untracked),
});
type ContainerWrite = typeof write extends fc.Arbitrary<infer T> ? T : never;

const commit = fc.record({
  kind: fc.constant("commit" as const),
  /** Of each file which version; 0: it is not in git. */
  versions: fc.record({
    "conf/a": fc.nat(2),
    "conf/b": fc.nat(2),
    "conf/sub": fc.constantFrom(0, 0, 1),
    "conf/sub/c": fc.nat(2),
    single: fc.nat(2),
  }),
  executable: fc.boolean(),
});
const sync = fc.record({
  kind: fc.constant("sync" as const),
  side: fc.constantFrom("ours" as const, "theirs" as const),
});
const event = fc.oneof(
  { weight: 3, arbitrary: commit },
  { weight: 1, arbitrary: sync },
  { weight: 3, arbitrary: write.map((one) => ({ ...one, kind: "container" as const, how: one.kind })) },
);

const life = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 12 }),
  /** Before the so-manieth of our steps of a kind a container writes. */
  meanwhile: fc.array(
    fc.tuple(
      fc.constantFrom("replace", "remove", "place", "overwrite", "hold", "copy", "lookAside", "stage"),
      fc.nat(4),
      write,
    ),
    { maxLength: 8 },
  ),
  /** At so many of our steps we are killed, before it has an effect or after. */
  kills: fc.array(fc.tuple(fc.nat(80), fc.boolean()), { maxLength: 3 }),
});

type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** A container writes to what goes, and then to what comes in its place, before the first has come back. */
const twice: Life = {
  events: [
    {
      kind: "commit",
      versions: { "conf/a": 0, "conf/b": 1, "conf/sub": 0, "conf/sub/c": 0, single: 1 },
      executable: false,
    },
    {
      kind: "commit",
      versions: { "conf/a": 0, "conf/b": 2, "conf/sub": 0, "conf/sub/c": 0, single: 0 },
      executable: false,
    },
    {
      kind: "commit",
      versions: { "conf/a": 0, "conf/b": 1, "conf/sub": 0, "conf/sub/c": 0, single: 0 },
      executable: false,
    },
  ],
  meanwhile: [
    ["hold", 3, { kind: "write", path: "conf/b" }],
    ["replace", 1, { kind: "write", path: "conf/b" }],
  ],
  kills: [[19, false]],
};

/** Long enough that half of it is neither. */
const gits = (path: string, version: number) => `git ${path} ${version} ${`${version}`.repeat(8 + version * 4)}`;

describe("a folder that a container writes to", () => {
  it("loses nothing of the container's, and holds no half of a file, whatever happens when", async () => {
    await fc.assert(fc.asyncProperty(life, live), { numRuns: 500, examples: [[twice]] });
  }, 120_000);
});

async function live({ events, meanwhile, kills }: Life): Promise<void> {
  const disk = new SimulatedLiveDisk();
  const warned: string[] = [];
  /** By path: what the container has written there last; undefined: it took it away. */
  const own = new Map<string, string | undefined>();
  const touched = new Set<string>();
  let token = 0;
  const contain = ({ kind, path }: ContainerWrite) => {
    // A container cannot take away what is mounted by itself.
    if (path === "single" && kind !== "write") return;
    if (disk.isFolder(path)) return;
    const before = disk.content(path);
    token += 1;
    const content = `own ${token} of ${path}`;
    if (kind === "delete") disk.removeFile(path);
    else if (kind === "write") disk.write(path, content);
    else disk.replaceBy(path, content);
    if (kind !== "delete" && disk.content(path) === content) own.set(path, content);
    if (kind === "delete" && before !== undefined) own.delete(path);
    touched.add(path);
    for (const parent of [path.split("/").slice(0, -1).join("/")]) touched.add(parent);
  };
  let steps = 0;
  const counts = new Map<string, number>();
  const onStep = (name: string) => {
    steps += 1;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    for (const [step, at, one] of meanwhile) if (step === name && at === count) contain(one);
    const kill = kills.find(([at]) => at === steps);
    return kill === undefined ? undefined : { isLate: kill[1] };
  };
  disk.before = onStep;
  const kept = (content: string) => disk.kept.some((one) => one.content === content);
  const check = () => {
    for (const path of disk.paths()) {
      const content = disk.content(path) ?? "";
      const whole = tracked.some((one) => [1, 2].some((version) => content === gits(one, version)));
      expect(whole || content.startsWith("own "), `${path}: ${content}`).toBe(true);
    }
    for (const [path, content] of own) {
      if (content !== undefined)
        expect(disk.content(path) === content || kept(content), `${path}: ${content}`).toBe(true);
    }
    for (const path of untracked) {
      if (!own.has(path)) expect(disk.content(path)).toBeUndefined();
    }
  };

  let current = new Live(disk, (text) => warned.push(text));
  let wish: Wish = { files: new Map(), mounts };
  /** Until it is through, from a new process wherever it was killed. */
  const through = async (work: () => Promise<unknown>) => {
    for (;;) {
      try {
        await work();
        return;
      } catch (thrown) {
        if (!(thrown instanceof Killed)) throw thrown;
        current = new Live(disk, (text) => warned.push(text));
      }
    }
  };
  for (const one of events) {
    if (one.kind === "container") contain({ kind: one.how, path: one.path });
    else if (one.kind === "sync") {
      // One that is killed before it was decided is not decided.
      await current
        .sync(one.side, [], () => true)
        .catch((thrown: unknown) => {
          if (!(thrown instanceof Killed)) throw thrown;
          current = new Live(disk, (text) => warned.push(text));
        });
    } else {
      const files = Object.entries(one.versions).filter(
        ([path, version]) => version > 0 && !(path === "conf/sub/c" && one.versions["conf/sub"] > 0),
      );
      wish = {
        mounts,
        files: new Map(
          files.map(([path, version]) => {
            const from = gits(path, version);
            return [path, { from, print: SimulatedLiveDisk.print(from, one.executable) }];
          }),
        ),
      };
    }
    if (one.kind !== "container") {
      await through(() => current.settle(wish));
      check();
    }
  }
  disk.before = () => undefined;
  await current.settle(wish);
  check();
  for (const path of tracked) {
    if (touched.has(path) || touched.has("conf/sub")) continue;
    const expected = wish.files.get(path)?.from;
    // What is mounted itself has to be there.
    if (path === "single" && expected === undefined) continue;
    expect(disk.content(path), path).toBe(expected);
  }
  const before = disk.paths().map((path) => [path, disk.content(path)]);
  await current.settle(wish);
  expect(disk.paths().map((path) => [path, disk.content(path)])).toEqual(before);
  // A word for git's side leaves nothing that waits, but for what stands in the way.
  await current.sync("theirs", [], () => true);
  expect(current.changes.every(({ kind }) => kind === "obstructed")).toBe(true);
  check();
}
