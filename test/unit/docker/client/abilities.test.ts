import { describe, expect, it } from "vitest";
import type { EndpointSettings } from "../../../../src/compose/model/network.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { checkAbilities } from "../../../../src/docker/client/abilities.js";
import { creation, networkSpec, serviceSpec } from "../../../contract/engine/service.js";
import { digestOf } from "../../../digests.js";

const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;
const mount = { type: "bind", source: "/a", target: "/x", readOnly: false, createHostPath: false } as const;
const plain = serviceSpec("web", image);
const containing = (container: Partial<ServiceSpec["container"]>) => serviceSpec("web", image, container);
const joining = (settings: EndpointSettings): ServiceSpec => ({
  ...plain,
  networks: [{ network: networkSpec("front"), aliases: [], settings }],
});
const check = (spec: ServiceSpec, api: string) => checkAbilities(creation(spec, image), api);

describe("what an engine is too old for", () => {
  it.each<[what: string, before: string, since: string, ServiceSpec]>([
    [
      "`bind.recursive` together with `bind.create_host_path`",
      "1.41",
      "1.42",
      containing({ mounts: [{ ...mount, createHostPath: true, bind: { recursive: "disabled" } }] }),
    ],
    ["`annotations`", "1.42", "1.43", containing({ annotations: { a: "b" } })],
    [
      "`bind.recursive: writable` and `readonly`",
      "1.43",
      "1.44",
      containing({ mounts: [{ ...mount, bind: { recursive: "writable" } }] }),
    ],
    [
      "`bind.recursive: writable` and `readonly`",
      "1.43",
      "1.44",
      containing({ mounts: [{ ...mount, bind: { recursive: "readonly" } }] }),
    ],
    [
      "`volume.subpath`",
      "1.44",
      "1.45",
      containing({ mounts: [{ ...mount, type: "volume", volume: { subpath: "a" } }] }),
    ],
    ["`gw_priority`", "1.47", "1.48", joining({ gatewayPriority: 1 })],
    ["`interface_name`", "1.48", "1.49", joining({ driverOpts: { "com.docker.network.endpoint.ifname": "eth9" } })],
  ])("%s is refused before API %s is left behind", (what, before, since, spec) => {
    expect(check(spec, since)).toEqual([]);
    expect(() => check(spec, before)).toThrow(
      `cannot create container contract-web-1.next: ${what} needs an engine with API ${since}; this one speaks ${before}`,
    );
  });

  it("is left out with a warning where the container stays what it is", () => {
    const timed = {
      disabled: false,
      test: undefined,
      intervalMs: 1,
      timeoutMs: undefined,
      retries: undefined,
    } as const;
    const spec = containing({ healthcheck: { ...timed, startPeriodMs: undefined, startIntervalMs: 500 } });
    expect(check(spec, "1.44")).toEqual([]);
    expect(check(spec, "1.43")).toEqual([
      "`healthcheck.start_interval` is left out: it needs API 1.44 (Docker 25), this engine speaks 1.43",
    ]);
  });

  it("is nothing that was not asked for", () => {
    expect(check(plain, "1.41")).toEqual([]);
    expect(check(containing({ healthcheck: { disabled: true }, annotations: {} }), "1.41")).toEqual([]);
    expect(check(containing({ mounts: [{ ...mount, bind: { recursive: "disabled" } }] }), "1.41")).toEqual([]);
    expect(check(joining({ ipv4Address: "10.0.0.2", driverOpts: {} }), "1.41")).toEqual([]);
  });
});
