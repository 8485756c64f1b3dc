import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkHash } from "../../../../src/compose/model/hash.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { containerLabels, networkLabels, readIdentity, volumeLabels } from "../../../../src/docker/create/labels.js";
import { creation, networkSpec, serviceSpec } from "../../../contract/engine/service.js";
import { digestOf } from "../../../digests.js";

const image = { image: parseImage("nginx:1.27"), digest: digestOf("a") } as const;

describe("labels", () => {
  it("say who a container is, to us and to docker compose", () => {
    expect(containerLabels(creation(serviceSpec("web", image, { labels: { team: "blue" } }), image), "edge")).toEqual({
      team: "blue",
      "fairlead.project": "contract",
      "fairlead.service": "web",
      "fairlead.lease": "edge",
      "fairlead.slot": "1",
      "fairlead.name": "contract-web-1",
      "fairlead.spec-hash": "0123abcd",
      "fairlead.image": "docker.io/library/nginx:1.27",
      "fairlead.digest": image.digest,
      "fairlead.revision": "7",
      "fairlead.restart": "unless-stopped",
      "fairlead.networks": "",
      "com.docker.compose.project": "contract",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "1",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.config-hash": "0123abcd",
      "com.docker.compose.image": `nginx@${image.digest}`,
      "com.docker.compose.version": "2.40.0",
    });
  });

  it("hold container_name as the base of its roles", () => {
    const spec = { ...serviceSpec("web", image), containerName: "the-web" };
    expect(containerLabels(creation(spec, image), "edge")["fairlead.name"]).toBe("the-web");
  });

  it("cannot be forged from the file", () => {
    const labels = { "fairlead.project": "other", "com.docker.compose.project": "other" };
    const written = containerLabels(creation(serviceSpec("web", image, { labels }), image), "edge");
    expect(written["fairlead.project"]).toBe("contract");
    expect(written["com.docker.compose.project"]).toBe("contract");
  });

  it("are read back as they were written", () => {
    const restart = fc.oneof(
      fc.constantFrom("no", "always", "unless-stopped").map((name) => ({ name, maximumRetryCount: 0 }) as const),
      fc.nat(1000).map((maximumRetryCount) => ({ name: "on-failure", maximumRetryCount }) as const),
    );
    fc.assert(
      fc.property(
        restart,
        fc.nat(1e8),
        fc.integer({ min: 1, max: 99 }),
        fc.boolean(),
        (policy, revision, slot, back) => {
          const returns = back ? { returns: true as const } : {};
          const step = {
            ...creation(serviceSpec("web", image, { restart: policy }), image),
            revision,
            slot,
            ...returns,
          };
          expect(readIdentity(containerLabels(step, "edge"))).toEqual({
            project: "contract",
            service: "web",
            slot,
            base: `contract-web-${slot}`,
            lease: "edge",
            specHash: "0123abcd",
            image: "docker.io/library/nginx:1.27",
            digest: image.digest,
            revision,
            ...returns,
            declaredRestart: policy,
            declaredNetworks: [],
          });
        },
      ),
    );
  });

  it.each([
    ["fairlead.project", ""],
    ["fairlead.service", undefined],
    ["fairlead.name", undefined],
    ["fairlead.slot", "1.5"],
    ["fairlead.revision", "-1"],
    ["fairlead.revision", "9999999999"],
    ["fairlead.digest", "sha256:short"],
    ["fairlead.restart", "sometimes"],
    ["fairlead.restart", undefined],
  ])("that we would not have written make a container foreign: %s=%s", (key, value) => {
    const { [key]: _gone, ...rest } = containerLabels(creation(serviceSpec("web", image), image), "edge");
    expect(readIdentity(value === undefined ? rest : { ...rest, [key]: value })).toBeUndefined();
  });

  it("show networks and volumes to docker compose, under their keys in the file", () => {
    const network = { ...networkSpec("contract_front"), key: "front" };
    expect(networkLabels(network, "contract")).toEqual({
      own: "label",
      "com.docker.compose.project": "contract",
      "com.docker.compose.network": "front",
      "fairlead.network-hash": networkHash(network),
      "com.docker.compose.version": "2.40.0",
    });
    const volume = { key: "data", name: "d", external: false, driver: undefined, driverOpts: {}, labels: {} };
    expect(volumeLabels(volume, "contract")).toMatchObject({ "com.docker.compose.volume": "data" });
  });
});
