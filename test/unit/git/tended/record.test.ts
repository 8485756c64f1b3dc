import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  forgiven,
  heldNext,
  readHoldings,
  refusing,
  writeHoldings,
  type Holding,
} from "../../../../src/git/tended/record.js";

/** What a place has gone through: `a` to `z` are commits, `!` a process that takes it badly, `?` a person's retry. */
function through(course: string): Holding | undefined {
  let now: Holding | undefined;
  for (const what of course) {
    if (what === "!") now = now && (refusing(now) ?? now);
    else if (what === "?") now = now && forgiven(now);
    else now = heldNext(now, what);
  }
  return now;
}

describe("what a place holds", () => {
  it.each([
    ["a", "a", false],
    ["ab", "b", false],
    ["ab!", "a", true],
    // It is looked at again and again.
    ["abbb!bb", "a", true],
    // The way back is one step, and is no way on.
    ["ab!!", "a", true],
    ["abc!", "b", true],
    ["ab!?", "b", false],
    ["ab!?!", "a", true],
    // Another commit is tried, and so is the same content after another one.
    ["ab!c", "c", false],
    ["ab!c!", "a", true],
    ["ab!a", "a", false],
    ["ab!ab", "b", false],
    // There is nothing to go back to.
    ["a!", "a", false],
    ["ab!a!", "a", false],
  ])("after %s is %s", (course, is, refused) => {
    expect(through(course)).toMatchObject({ is, refused, wanted: /[a-z](?=[^a-z]*$)/.exec(course)?.[0] });
  });
});

it("is known after a restart, and where that cannot be read nothing is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-holdings-"));
  try {
    const file = join(folder, "holdings.json");
    expect(await readHoldings(file)).toEqual({});
    const all = {
      "/p": { wanted: "b", is: "a", before: "a", refused: true },
      "/q": { wanted: "a", is: "a", refused: false },
    };
    await writeHoldings(file, all);
    expect(await readHoldings(file)).toEqual(all);
    await writeFile(file, "{");
    expect(await readHoldings(file)).toEqual({});
  } finally {
    await rm(folder, { recursive: true });
  }
});
