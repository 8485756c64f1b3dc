import type { HookType } from "../delivery/outcome.js";
import type { Sender } from "../delivery/sender.js";
import { azureDevops } from "./forges/azure-devops.js";
import { bitbucket } from "./forges/bitbucket.js";
import { gitea } from "./forges/gitea.js";
import { github } from "./forges/github.js";
import { gitlab } from "./forges/gitlab.js";
import { gogs } from "./forges/gogs.js";
import { cloudevents } from "./pipelines/cloudevents.js";
import { deliveryHooks } from "./pipelines/delivery-hook.js";
import { generic } from "./pipelines/generic.js";
import { standard } from "./pipelines/standard.js";
import { acr } from "./registries/acr.js";
import { aliyun } from "./registries/aliyun.js";
import { artifactory } from "./registries/artifactory.js";
import { cloudsmith } from "./registries/cloudsmith.js";
import { distribution } from "./registries/distribution.js";
import { dockerhub } from "./registries/dockerhub.js";
import { ecr } from "./registries/ecr.js";
import { eventgrid } from "./registries/eventgrid.js";
import { gar } from "./registries/gar.js";
import { harbor } from "./registries/harbor.js";
import { nexus } from "./registries/nexus.js";
import { quay } from "./registries/quay.js";
import { sns } from "./registries/sns.js";
import { zot } from "./registries/zot.js";

/** Every kind of sender, by its type: several where a type has several addresses. */
export const senders: Readonly<Record<HookType, readonly Sender[]>> = {
  dockerhub: [dockerhub],
  harbor: [harbor],
  quay: [quay],
  distribution: [distribution],
  zot: [zot],
  acr: [acr],
  eventgrid: [eventgrid],
  ecr: [ecr],
  sns: [sns],
  gar: [gar],
  artifactory: [artifactory],
  nexus: [nexus],
  aliyun: [aliyun],
  cloudsmith: [cloudsmith],
  github: [github],
  gitlab: [gitlab],
  gitea: [gitea],
  gogs: [gogs],
  bitbucket: [bitbucket],
  "azure-devops": [azureDevops],
  generic: [generic],
  standard: [standard],
  cloudevents: [cloudevents],
  "delivery-hook": deliveryHooks,
};
