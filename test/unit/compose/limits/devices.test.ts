import { expect, it } from "vitest";
import { readService, serviceOf } from "../read.js";

it.each(["all", "[{count: all}]", "[{count: -1}]", "[{}]"])("gpus: %s stands for all of them", (gpus) => {
  const { devices } = serviceOf(readService(`gpus: ${gpus}`)).container;
  expect(devices?.requests).toEqual([{ count: -1, capabilities: ["gpu"] }]);
});
