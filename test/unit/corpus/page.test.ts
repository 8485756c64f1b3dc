import { expect, it } from "vitest";
import { parityPage } from "../../real/compare/page.js";

it("docs/compose-parity.md lists the intended differences", async () => {
  await expect(parityPage()).toMatchFileSnapshot("../../../docs/compose-parity.md");
});
