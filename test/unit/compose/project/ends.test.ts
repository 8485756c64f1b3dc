import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { readService, serviceOf, surroundings } from "../read.js";

describe("whether a service may end", () => {
  it.each<[string, true | undefined]>([
    ["", undefined],
    ["restart: always", undefined],
    ["restart: unless-stopped", undefined],
    ["restart: 'no'", true],
    ["restart: no", true],
    ["restart: on-failure", true],
    ["restart: on-failure:3", true],
    ["deploy: {restart_policy: {condition: none}}", true],
    ["deploy: {restart_policy: {condition: on-failure}}", true],
    ["deploy: {restart_policy: {}}", undefined],
    ["restart: 'no'\ndeploy: {restart_policy: {condition: any}}", undefined],
    ["restart: always\ndeploy: {restart_policy: {condition: none}}", true],
  ])("%s", (lines, mayEnd) => {
    expect(serviceOf(readService(lines)).mayEnd).toBe(mayEnd);
  });

  it("makes no other container of it", () => {
    expect(specHash(serviceOf(readService("restart: no")))).toBe(specHash(serviceOf(readService("environment: {}"))));
  });
});

describe("what depends on a service that may end", () => {
  const dependencies = (seed: string, web: string) => {
    const text = `name: shop\nservices:\n  seed: {image: seed, ${seed}}\n  web: {image: web, ${web}}\n  last: {image: last, depends_on: {done: {condition: service_completed_successfully}}}\n  done: {image: done}`;
    const result = readProject({ ...surroundings, text, environment: {} });
    return result.ok ? result.project.services.find(({ name }) => name === "web")?.dependsOn : result.problems;
  };

  it.each<[string, string, readonly unknown[]]>([
    ["restart: 'no'", "depends_on: [seed]", [{ service: "seed", condition: "service_started", mayEnd: true }]],
    ["restart: on-failure", "depends_on: [seed]", [{ service: "seed", condition: "service_started", mayEnd: true }]],
    ["restart: always", "depends_on: [seed]", [{ service: "seed", condition: "service_started" }]],
    ["restart: 'no'", "depends_on: [done]", [{ service: "done", condition: "service_started", mayEnd: true }]],
    [
      "restart: 'no'",
      "depends_on: {seed: {condition: service_healthy}}",
      [{ service: "seed", condition: "service_healthy" }],
    ],
    ["restart: 'no'", "volumes_from: [seed]", [{ service: "seed", condition: "service_started", mayEnd: true }]],
    ["restart: always", "volumes_from: [seed]", []],
  ])("%s, %s", (seed, web, wanted) => {
    expect(dependencies(seed, web)).toEqual(wanted);
  });
});
