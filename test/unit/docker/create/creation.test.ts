import { variables } from "../../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import { creationBody } from "../../../../src/docker/create/creation.js";
import { creation, serviceSpec } from "../../../contract/engine/service.js";
import { digestOf } from "../../../digests.js";

const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;

describe("the body of a creation", () => {
  it("says everything the spec says, and nothing it does not", () => {
    const spec = serviceSpec("web", image, {
      command: ["serve", "--port=80"],
      entrypoint: ["/init"],
      environment: variables({ EMPTY: "", URL: "a=b", UNSET: null }),
      ports: [
        { hostIp: "127.0.0.1", hostPort: 8080, containerPort: 80, protocol: "tcp" },
        { hostIp: undefined, hostPort: undefined, containerPort: 80, protocol: "tcp" },
        { hostIp: undefined, hostPort: 53, containerPort: 53, protocol: "udp" },
      ],
      mounts: [
        { type: "bind", source: "/srv/a", target: "/a", readOnly: true, createHostPath: true },
        { type: "bind", source: "/srv/b", target: "/b", readOnly: false, createHostPath: false },
        { type: "volume", source: "shop_data", target: "/data", readOnly: false, createHostPath: false },
        { type: "volume", source: undefined, target: "/cache", readOnly: false, createHostPath: false },
        { type: "tmpfs", source: undefined, target: "/tmp", readOnly: false, createHostPath: false },
      ],
      restart: { name: "always", maximumRetryCount: 0 },
      healthcheck: {
        disabled: false,
        test: ["CMD", "ok"],
        intervalMs: 1500,
        timeoutMs: undefined,
        retries: 4,
        startPeriodMs: 0,
      },
      user: "1000:1000",
      workingDir: "/app",
      stopGracePeriodMs: 2500,
      stopSignal: "SIGINT",
    });
    const { Labels: _labels, ...body } = creationBody(
      creation(spec, image, { network: "shop_default", aliases: ["web"] }),
      "1.51",
    ) as { Labels: object };
    expect(body).toEqual({
      Image: `ghcr.io/shop/web@${image.digest}`,
      Env: ["EMPTY=", "URL=a=b", "UNSET"],
      Cmd: ["serve", "--port=80"],
      Entrypoint: ["/init"],
      User: "1000:1000",
      WorkingDir: "/app",
      StopSignal: "SIGINT",
      StopTimeout: 3,
      Healthcheck: { Test: ["CMD", "ok"], Interval: 1_500_000_000, Retries: 4, StartPeriod: 0 },
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      HostConfig: {
        RestartPolicy: { Name: "no" },
        PortBindings: {
          "80/tcp": [
            { HostIp: "127.0.0.1", HostPort: "8080" },
            { HostIp: "", HostPort: "" },
          ],
          "53/udp": [{ HostIp: "", HostPort: "53" }],
        },
        Binds: ["/srv/a:/a:ro", "shop_data:/data:rw"],
        Mounts: [
          { Type: "bind", Source: "/srv/b", Target: "/b", ReadOnly: false },
          { Type: "volume", Target: "/cache", ReadOnly: false },
          { Type: "tmpfs", Target: "/tmp", ReadOnly: false },
        ],
        NetworkMode: "shop_default",
      },
      NetworkingConfig: { EndpointsConfig: { shop_default: { Aliases: ["web"] } } },
    });
  });

  it("leaves to the image what the spec leaves open, and joins no network unasked", () => {
    const body = creationBody(creation(serviceSpec("web", image), image), "1.51");
    expect(Object.keys(body).sort()).toEqual(["Env", "ExposedPorts", "HostConfig", "Image", "Labels", "StopTimeout"]);
    expect(body).toMatchObject({ HostConfig: { NetworkMode: "none", Binds: [], Mounts: [] } });
  });

  it("switches a check off", () => {
    const spec = serviceSpec("web", image, { healthcheck: { disabled: true } });
    expect(creationBody(creation(spec, image), "1.51")).toMatchObject({ Healthcheck: { Test: ["NONE"] } });
  });
});
