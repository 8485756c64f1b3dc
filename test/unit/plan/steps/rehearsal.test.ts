import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, hostWith, imageOf, port8080, specOf } from "../world.js";

const ports = [port8080];
const syslog = { driver: "syslog", options: { "syslog-address": "tcp://127.0.0.1:5514" } };
const logged = (patch: Partial<ServiceSpec["container"]> = {}) => specOf({ container: { ports, ...patch } });
const rehearsal = /rehearse the start of shop-web-1\.next[\s\S]*stop shop-web-1,/;

function text(
  spec: ServiceSpec,
  active: Partial<ObservedContainer> = {},
  ...others: readonly ObservedContainer[]
): string {
  const containers = [containerIn("active", "a", 1, active), ...others];
  const host = hostWith(containers, { images: [imageOf("a", [1]), imageOf("b", [2])] });
  return `\n${renderPlan(plan(desire("b", spec), viewOf(host, spec, new Map()), emptyMemory))}\n`;
}

const volume = (name: string, driver?: string) => ({
  ...{ key: name, name, external: false, driver, driverOpts: {}, labels: {} },
});

describe("before what serves is stopped", () => {
  it("the start of the new one is rehearsed, where it leans on what the host may have lost", () => {
    expect(text(logged({ logging: syslog }))).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. rehearse the start of shop-web-1.next (what it needs of the host may have gone, and then the old one could not come back either)
      4. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      5. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      6. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });

  it.each<[string, ServiceSpec, Partial<ObservedContainer>, boolean]>([
    ["a log server", logged({ logging: syslog }), {}, true],
    ["files of this host", logged({ logging: { driver: "json-file", options: {} } }), { logDriver: "syslog" }, false],
    ["the engine's own choice, which is a log server", logged(), { logDriver: "fluentd" }, true],
    ["the engine's own choice", logged(), { logDriver: "json-file" }, false],
    [
      "a device",
      logged({ devices: { mappings: [{ source: "/dev/x", target: "/dev/x", permissions: "rwm" }] } }),
      {},
      true,
    ],
    ["a GPU", logged({ devices: { requests: [{ capabilities: ["gpu"] }] } }), {}, true],
    ["a runtime", logged({ execution: { runtime: "runsc" } }), {}, true],
    ["a volume, wherever that is", { ...logged(), volumes: [volume("rexray", "rexray")] }, {}, false],
    ["nothing", logged(), {}, false],
  ])("%s", (_what, spec, active, isAsked) => {
    expect(rehearsal.test(text(spec, active))).toBe(isAsked);
    expect(text(spec, active)).toContain("stop shop-web-1,");
  });

  it("also of one that has been made before, and not where nothing is stopped", () => {
    const next = containerIn("next", "b", 2, { state: "created", startedAt: undefined });
    expect(text(logged({ logging: syslog }), {}, next)).toMatch(rehearsal);
    expect(text(specOf({ container: { logging: syslog } }))).not.toContain("rehearse");
    const ended = { state: "exited", exitCode: 1, finishedAt: 1 } as const;
    expect(text(logged({ logging: syslog }), ended)).not.toContain("rehearse");
  });
});
