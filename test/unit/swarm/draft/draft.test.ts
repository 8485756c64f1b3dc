import { describe, expect, it } from "vitest";
import { clustered } from "../../../../src/compose/cluster/clustered.js";
import { variables } from "../../../../src/compose/model/container/variables.js";
import type { JobMark } from "../../../../src/plan/model/host/observed.js";
import { jobService } from "../../../../src/plan/jobs/job-service.js";
import { draftOf } from "../../../../src/swarm/draft/draft.js";
import { digestOf } from "../../../digests.js";
import { specOf } from "../../plan/world.js";
import { drafted, stepOf } from "./drafted.js";

describe("what a Swarm is told of a service", () => {
  it("is the least that there is", () => {
    const { body, configs, secrets } = drafted(specOf());
    expect(body).toEqual({
      Name: "shop_web",
      Labels: {
        "com.docker.stack.image": "docker.io/acme/web:latest",
        "com.docker.stack.namespace": "shop",
        "fairlead.service": "web",
      },
      TaskTemplate: {
        ContainerSpec: {
          Image: `acme/web@${digestOf("a")}`,
          Labels: { "com.docker.stack.namespace": "shop", "fairlead.revision": "7" },
          StopGracePeriod: 10_000_000_000,
        },
        Networks: [{ Target: "shop_default", Aliases: ["web"] }],
        RestartPolicy: { Condition: "any" },
      },
      Mode: { Replicated: { Replicas: 1 } },
      UpdateConfig: {
        Parallelism: 1,
        FailureAction: "pause",
        Monitor: 5_000_000_000,
        MaxFailureRatio: 0,
        Order: "start-first",
      },
      RollbackConfig: {
        Parallelism: 1,
        FailureAction: "pause",
        Monitor: 5_000_000_000,
        MaxFailureRatio: 0,
        Order: "start-first",
      },
      EndpointSpec: { Mode: "vip" },
    });
    expect({ configs, secrets }).toEqual({ configs: [], secrets: [] });
  });

  it("is more where the file says more", () => {
    const { body } = drafted(
      specOf({
        replicas: 3,
        container: {
          command: ["serve"],
          entrypoint: ["/init"],
          environment: variables({ A: "1", B: null }),
          labels: { tier: "front" },
          ports: [{ hostIp: undefined, hostPort: 8080, containerPort: 80, protocol: "tcp" }],
          healthcheck: {
            disabled: false,
            test: ["CMD", "ok"],
            intervalMs: 1_500,
            timeoutMs: undefined,
            retries: 4,
            startPeriodMs: 0,
          },
        },
        update: { order: "start-first", monitorMs: 15_000, failureAction: "rollback", parallelism: 2, delayMs: 500 },
      }),
    );
    expect(body.Mode).toEqual({ Replicated: { Replicas: 3 } });
    expect(body.TaskTemplate.ContainerSpec).toMatchObject({
      Labels: { tier: "front" },
      Env: ["A=1", "B"],
      Command: ["/init"],
      Args: ["serve"],
      Healthcheck: { Test: ["CMD", "ok"], Interval: 1_500_000_000, Retries: 4, StartPeriod: 0 },
    });
    expect(body.UpdateConfig).toEqual({
      Parallelism: 2,
      Delay: 500_000_000,
      FailureAction: "pause",
      Monitor: 15_000_000_000,
      MaxFailureRatio: 0,
      Order: "start-first",
    });
    expect(body.EndpointSpec).toEqual({
      Mode: "vip",
      Ports: [{ Protocol: "tcp", TargetPort: 80, PublishedPort: 8080, PublishMode: "ingress" }],
    });
  });

  it("is one run, of a job", () => {
    const spec = clustered(
      specOf({
        replicas: 3,
        container: {
          ports: [{ hostIp: undefined, hostPort: 80, containerPort: 80, protocol: "tcp" }],
          mounts: [{ type: "volume", source: "shop_data", target: "/d", readOnly: false, createHostPath: false }],
          labels: { "traefik.enable": "true" },
        },
      }),
      {
        labels: { of: "service" },
        placement: { constraints: ["node.labels.disk == ssd"], spread: [], maxReplicasPerNode: 1 },
      },
    );
    const job: JobMark = { phase: "before", index: 1, hash: "0123456789abcdef", timeoutMs: 1, target: digestOf("a") };
    const own = jobService(spec, { phase: "before", spec: { command: ["migrate"], timeoutMs: 1 } });
    const { body } = draftOf({ ...stepOf(own), job }, { labels: { job: "1" }, generation: {} });
    expect(body).toEqual({
      Name: "shop_web-before-1-01234567",
      Labels: {
        "com.docker.stack.image": "docker.io/acme/web:latest",
        "com.docker.stack.namespace": "shop",
        job: "1",
      },
      TaskTemplate: {
        ContainerSpec: {
          Image: `acme/web@${digestOf("a")}`,
          Labels: { "com.docker.stack.namespace": "shop" },
          Args: ["migrate"],
          Healthcheck: { Test: ["NONE"] },
          Mounts: [{ Type: "volume", Target: "/d", Source: "shop_data" }],
          StopGracePeriod: 10_000_000_000,
        },
        Placement: { Constraints: ["node.labels.disk == ssd"] },
        Networks: [{ Target: "shop_default" }],
        RestartPolicy: { Condition: "none" },
      },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    });
  });

  it("names no image that only one host has", () => {
    const step = { ...stepOf(clustered(specOf())), from: digestOf("a") as never };
    expect(() => draftOf(step, { labels: {}, generation: {} })).toThrow("no registry has it");
  });

  it("is not made of a spec that was read for a host", () => {
    expect(() => draftOf(stepOf(specOf()), { labels: {}, generation: {} })).toThrow("was not read for a Swarm");
  });
});
