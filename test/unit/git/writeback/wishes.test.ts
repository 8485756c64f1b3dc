import { describe, expect, it } from "vitest";
import { parseImage, type Digest } from "../../../../src/compose/values/image.js";
import { Wishes } from "../../../../src/git/writeback/wishes.js";

const web = { project: "shop", service: "web" };
const proven = (digit: string, image = "app:1") => ({
  image: parseImage(image),
  digest: `sha256:${digit.repeat(64)}` as Digest,
});
const never = () => false;

describe("what is to be written", () => {
  it("is what was told last, once, with who asked for it first", () => {
    const wishes = new Wishes("digest");
    expect(wishes.tell(web, { ...proven("1"), cause: "a hook" })).toBe(true);
    expect(wishes.tell(web, proven("1"))).toBe(false);
    expect(wishes.open(never)).toMatchObject([{ ...web, digest: proven("1").digest, cause: "a hook" }]);
    expect(wishes.tell(web, proven("2"))).toBe(true);
    expect(wishes.open(never)).toEqual([{ ...web, ...proven("2"), what: "digest" }]);
  });

  it("is nothing where what serves is not what the tag says", () => {
    const wishes = new Wishes("digest");
    wishes.tell(web, proven("1"));
    wishes.tell(web, undefined);
    expect(wishes.open(never)).toEqual([]);
  });

  it("is done once it was found there, whoever changes it afterwards", () => {
    const wishes = new Wishes("digest");
    wishes.tell(web, proven("1"));
    expect(wishes.open(() => true)).toEqual([]);
    expect(wishes.open(never)).toEqual([]);
    wishes.tell(web, proven("2"));
    expect(wishes.open(never)).toHaveLength(1);
  });

  it("is written anew behind another tag", () => {
    const wishes = new Wishes("digest");
    wishes.tell(web, proven("1"));
    for (const wish of wishes.open(never)) wishes.done(wish);
    expect(wishes.tell(web, proven("1", "app:2"))).toBe(true);
    expect(wishes.open(never)).toHaveLength(1);
  });
});
