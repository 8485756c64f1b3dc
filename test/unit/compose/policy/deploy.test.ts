import { describe, expect, it } from "vitest";
import { readProject } from "../../../../src/compose/project/compose.js";
import { complaints, readService, serviceOf, surroundings } from "../read.js";

const read = (services: string) =>
  readProject({ ...surroundings, text: `name: shop\nservices:\n${services}`, environment: {} });

describe("how many run", () => {
  it.each<[string, number | undefined]>([
    ["", undefined],
    ["scale: 3", 3],
    ["scale: 0", 0],
    ["deploy: {replicas: 2}", 2],
    ["scale: 2\ndeploy: {replicas: 2}", 2],
    ["deploy: {mode: global}", undefined],
    ["deploy: {mode: replicated, replicas: 4}", 4],
  ])("%s", (lines, replicas) => {
    expect(serviceOf(readService(lines)).replicas).toBe(replicas);
  });

  it.each<[string, string]>([
    ["scale: 2\ndeploy: {replicas: 3}", "`scale` is 2, and `deploy.replicas` is 3"],
    ["scale: -1", "must be between 0 and 1000"],
    ["deploy: {mode: global, replicas: 1}", "`mode: global` is one container on this host"],
    ["scale: 2\ncontainer_name: mine", "2 replicas cannot all have this name"],
    ["scale: 2\nports: ['8080:80']", "2 replicas cannot all publish host port 8080"],
  ])("%s is refused", (lines, complaint) => {
    expect(complaints(readService(lines))).toEqual([complaint]);
  });

  it("one may have a name and a host port, and several a port that the engine chooses", () => {
    expect(complaints(readService("scale: 1\ncontainer_name: mine\nports: ['8080:80']"))).toEqual([]);
    expect(complaints(readService("scale: 5\nports: ['80']"))).toEqual([]);
  });
});

describe("how they are replaced", () => {
  it("as update_config says, and back as rollback_config says", () => {
    const { update, rollback } = serviceOf(
      readService(
        "deploy: {update_config: {parallelism: 2, delay: 10s, max_failure_ratio: 0.25, order: start-first}, rollback_config: {parallelism: 0, monitor: 1s}}",
      ),
    );
    expect(update).toEqual({
      order: "start-first",
      monitorMs: 5_000,
      failureAction: "rollback",
      parallelism: 2,
      delayMs: 10_000,
      maxFailureRatio: 0.25,
    });
    expect(rollback).toEqual({ order: "auto", monitorMs: 1_000, failureAction: "pause", parallelism: 0 });
  });

  it.each<[string, string]>([
    ["deploy: {update_config: {max_failure_ratio: 1.5}}", "must be a number from 0 to 1"],
    ["deploy: {update_config: {max_failure_ratio: half}}", '"half" is not a number from 0 to 1'],
    ["deploy: {rollback_config: {failure_action: rollback}}", "a roll-back is never rolled back"],
  ])("%s is refused", (lines, complaint) => {
    expect(complaints(readService(lines))).toEqual([complaint]);
  });

  it("a ratio may come from a variable", () => {
    const spec = serviceOf(readService("deploy: {update_config: {max_failure_ratio: '${RATIO}'}}", { RATIO: "0.5" }));
    expect(spec.update.maxFailureRatio).toBe(0.5);
  });
});

describe("a service that is to end", () => {
  const migrate = (keys: string, condition = "service_completed_successfully") =>
    read(
      `  migrate: {image: m${keys}}\n  web: {image: w, depends_on: {migrate: {condition: ${condition}, restart: true, required: false}}}\n`,
    );

  it("is one whose completion another waits for, or a job", () => {
    const result = migrate("");
    const [job, web] = result.ok ? result.project.services : [];
    expect(job?.oneShot).toBe(true);
    expect(web?.oneShot).toBeUndefined();
    expect(web?.dependsOn).toEqual([
      { service: "migrate", condition: "service_completed_successfully", restart: true, required: false },
    ]);
    expect(serviceOf(migrate("", "service_started")).oneShot).toBeUndefined();
    expect(serviceOf(readService("deploy: {mode: replicated-job, replicas: 2}"))).toMatchObject({
      oneShot: true,
      replicas: 2,
    });
  });

  it("cannot be restarted for ever", () => {
    expect(complaints(migrate(", restart: always"))).toEqual([
      'service "migrate" never completes: `restart` starts it again and again',
    ]);
    expect(complaints(migrate(", restart: on-failure:3"))).toEqual([]);
    expect(complaints(readService("restart: unless-stopped\ndeploy: {mode: replicated-job}"))).toEqual([
      "a job never completes if `restart` starts it again and again",
    ]);
  });
});

describe("what a service can do without", () => {
  it("need not be declared, unless it is required", () => {
    const web = (required: string) =>
      read(`  web: {image: w, depends_on: {cache: {condition: service_started${required}}}}\n`);
    expect(complaints(web(", required: false"))).toEqual([]);
    expect(complaints(web(", required: true"))).toEqual(['no service is called "cache"']);
    expect(complaints(web(""))).toEqual(['no service is called "cache"']);
  });
});

describe("another one's network", () => {
  it("is that of a service of this file, and makes no circle", () => {
    const guest = (mode: string, more = "") =>
      read(`  vpn: {image: v${more}}\n  web: {image: w, network_mode: "${mode}"}\n`);
    expect(complaints(guest("service:vpn"))).toEqual([]);
    expect(complaints(guest("service:vpm"))).toEqual(['"service:vpm" names no service of this file']);
    expect(complaints(guest("service:vpn", ", depends_on: [web]"))).toEqual([
      "services depend on each other in a circle: vpn -> web -> vpn",
    ]);
    expect(complaints(guest("service:vpn", ", network_mode: 'service:web'"))).toEqual([
      "services depend on each other in a circle: vpn -> web -> vpn",
    ]);
  });
});
