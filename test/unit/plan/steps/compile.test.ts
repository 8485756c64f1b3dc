import { expect, it } from "vitest";
import { containerIn, desire, hostWith, planText, specOf } from "../world.js";

const cutOff = containerIn("active", "a", 1, { networks: [], declaredNetworks: ["shop_default"] });

it("brings back the networks of what goes on running, and not of what is to stop", () => {
  const text = (stopped?: true) =>
    planText({ desired: desire("a", specOf(stopped === undefined ? {} : { stopped })), host: hostWith([cutOff]) });
  expect(text()).toContain("1. connect shop-web-1 on shop_default as web");
  expect(text(true)).toContain("2. stop shop-web-1");
  expect(text(true)).not.toContain("connect");
});
