import { expect, it } from "vitest";
import { keptImages } from "../../../../src/plan/host/kept-images.js";
import { containerIn, digestOf, imageOf, now, specOf } from "../world.js";

const service = specOf();

function kept(...args: Parameters<typeof imageOf>[]) {
  const containers = [containerIn("active", "c", 3), containerIn("previous", "b", 2), containerIn("failed", "d", 4)];
  const images = args.map((arg, index) => ({ ...imageOf(...arg), bytes: (index + 1) * 1_000 }));
  const holds = [{ specHash: "H", digest: digestOf("d"), reason: "Unhealthy" as const, message: "sick", at: now }];
  return keptImages(service, { host: { containers, images }, holds, wanted: digestOf("e") });
}

it("says of each image of a service why it is here, the newest revision first", () => {
  const all = kept(["b", [2], ["id-previous-2"]], ["c", [3], ["id-active-3"]], ["d", [4], ["id-failed-4"]]);
  expect(all.map(({ revisions, why, isSpare }) => [revisions, why, isSpare])).toEqual([
    [
      [4],
      [
        "shop-web-1.failed has failed, and is kept for inspection",
        "held: it has failed",
        "kept to go back to (revision 4; keep: 1)",
      ],
      false,
    ],
    [[3], ["shop-web-1 runs", "kept to go back to (revision 3; keep: 1)"], false],
    [[2], ["shop-web-1.previous is the way back", "kept to go back to (revision 2; keep: 1)"], false],
  ]);
  expect(all.map(({ digest, bytes }) => [digest, bytes])).toEqual([
    [digestOf("d"), 3_000],
    [digestOf("c"), 2_000],
    [digestOf("b"), 1_000],
  ]);
});

it("counts as spare what no container was made of, whether it is still wanted or not", () => {
  const [tagged, wanted, forgotten] = kept(["a", [1]], ["e"], ["f"]);
  expect(tagged).toMatchObject({ why: ["kept to go back to (revision 1; keep: 1)"], isSpare: true });
  expect(wanted).toMatchObject({ why: ["wanted, and not begun yet"], isSpare: true });
  expect(forgotten).toMatchObject({ why: [expect.stringMatching(/^nothing of this service needs it/)], isSpare: true });
});

it("names what others have of it, and leaves out what is none of the service's", () => {
  const foreign = { ...imageOf("a", []), digests: [`acme/db@${digestOf("a")}` as const], tags: ["acme/db:1"] };
  const shared = { ...imageOf("c", [], ["id-active-3", "other"]), tags: ["acme/web:mine"] };
  const host = { containers: [containerIn("active", "c", 3)], images: [foreign, shared] };
  expect(keptImages(service, { host, holds: [], wanted: undefined })).toMatchObject([
    { why: ["shop-web-1 runs", "1 container of others", "tagged acme/web:mine"], isSpare: false },
  ]);
});
