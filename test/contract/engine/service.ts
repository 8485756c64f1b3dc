import type { NetworkSpec } from "../../../src/compose/model/network.js";
import type { ContainerSpec, ServiceSpec } from "../../../src/compose/model/service.js";
import { pinnedImage } from "../../../src/compose/values/image.js";
import type { CreateContainerStep, StepOf } from "../../../src/plan/model/step.js";
import type { StageImage } from "./stage.js";

export const project = "contract";

/** A service that needs nothing but its image. */
export function serviceSpec(name: string, { image }: StageImage, container: Partial<ContainerSpec> = {}): ServiceSpec {
  return {
    project,
    name,
    image,
    containerName: undefined,
    container: {
      command: undefined,
      entrypoint: undefined,
      environment: {},
      ports: [],
      mounts: [],
      labels: {},
      restart: { name: "unless-stopped", maximumRetryCount: 0 },
      healthcheck: undefined,
      user: undefined,
      workingDir: undefined,
      stopGracePeriodMs: 2000,
      stopSignal: undefined,
      ...container,
    },
    networks: [],
    volumes: [],
    dependsOn: [],
    update: { order: "auto", monitorMs: 1000, failureAction: "rollback" },
    keep: 1,
  };
}

export function networkSpec(name: string): NetworkSpec {
  return {
    key: name,
    name,
    external: false,
    driver: undefined,
    driverOpts: {},
    internal: false,
    labels: { own: "label" },
  };
}

export function creation(
  spec: ServiceSpec,
  { image, digest }: StageImage,
  attach?: CreateContainerStep["attach"],
  name = `${spec.project}-${spec.name}-1.next`,
): StepOf<"create-container"> {
  return {
    kind: "create-container",
    name,
    spec,
    specHash: "0123abcd",
    digest,
    from: pinnedImage(image, digest),
    revision: 7,
    slot: 1,
    attach,
    because: "a test",
  };
}
