import { createHmac } from "node:crypto";
import type { HookType } from "../../../../../src/http/delivery/outcome.js";
import { dockerHubExample, secret } from "../../harness.js";

type Headers = Readonly<Record<string, string>>;

export interface Delivery {
  readonly body: unknown;
  readonly headers?: Headers;
}

/** How a sender shows that it knows the secret: in the path, or by headers over the body as it is sent. */
export type Proof = "path" | ((body: string, key: string, at: number) => Headers);

/** What one kind of sender sends, in the words of its own documentation, with names of ours in them. */
export interface Sent {
  readonly type: HookType;
  /** Of a body and a key; both ways where there are two. */
  readonly proofs: readonly Proof[];
  /** A push of `image`, which is what `shop/web` declares. */
  readonly push: Delivery;
  readonly image: string;
  /** The same of another repository. */
  readonly elsewhere: Delivery;
  /** Absent: it sends none. */
  readonly ping?: Delivery;
  /** Something that moves no tag. */
  readonly other: Delivery;
  /** By which a delivery is known when it comes again. Absent: by nothing. */
  readonly id?: Headers;
}

const hmac = (hash: string, text: string, key: string) => createHmac(hash, key).update(text).digest("hex");
const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`fairlead:${key}`).toString("base64")}` });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const digest = `sha256:${"a".repeat(64)}`;
const seconds = (at: number) => String(Math.floor(at / 1_000));

const standardProof: Proof = (body, key, at) => ({
  "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
  "webhook-timestamp": seconds(at),
  "webhook-signature": `v1,${createHmac("sha256", key)
    .update(`msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.${seconds(at)}.${body}`)
    .digest("base64")}`,
});

function hub(repository: string, tag: string) {
  return { ...dockerHubExample, push_data: { pushed_at: 1.4e9, tag }, repository: { repo_name: repository } };
}

function githubPackage(url: string, tag: string | null, type = "CONTAINER") {
  return {
    action: "published",
    registry_package: {
      name: "shop",
      namespace: "Acme",
      ecosystem: "CONTAINER",
      package_type: type,
      owner: { login: "Acme" },
      package_version: {
        version: digest,
        name: digest,
        container_metadata: { tag: { name: tag, digest }, labels: {}, manifest: {} },
        package_url: url,
      },
    },
  };
}

function giteaPackage(name: string, version: string, action = "created") {
  return {
    action,
    package: {
      id: 3,
      owner: { id: 1, login: "acme", username: "acme" },
      repository: null,
      type: "container",
      name,
      version,
      html_url: `https://forge.example:3000/acme/-/packages/container/${name}/${version}`,
    },
  };
}

function harborPush(type: string, name: string, tag: string) {
  return {
    type,
    occur_at: 1680501893,
    operator: "harbor-jobservice",
    event_data: {
      resources: [{ digest, tag, resource_url: `hub.example/${name}:${tag}` }],
      repository: {
        date_created: 1680501430,
        name: "shop",
        namespace: "acme",
        repo_full_name: name,
        repo_type: "private",
      },
    },
  };
}

function distributionEvents(...events: readonly (readonly [action: string, repository: string, tag?: string])[]) {
  return {
    events: events.map(([action, repository, tag], index) => ({
      id: `320678d8-ca14-430f-8bb6-4ca139cd83f${index}`,
      timestamp: "2016-03-09T14:44:26.402973972-08:00",
      action,
      target: {
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        size: 708,
        digest,
        repository,
        url: `http://registry.example:5000/v2/${repository}/manifests/${digest}`,
        ...(tag === undefined ? {} : { tag }),
      },
      request: { id: "6df24a34", addr: "192.168.64.11:42961", host: "registry.example:5000", method: "PUT" },
      actor: {},
      source: { addr: "xtal.local:5000" },
    })),
  };
}

function acrBody(action: string, repository: string, tag?: string) {
  return {
    id: "cb8c3971-9adc-488b-bdd8-43cbb4974ff5",
    timestamp: "2017-11-17T16:52:01.343145347Z",
    action,
    target: { mediaType: "application/vnd.docker.distribution.manifest.v2+json", size: 524, digest, repository, tag },
    request: { id: "3cbb6949", host: "acme.azurecr.io", method: "PUT", useragent: "docker/20" },
  };
}

function gridEvents(eventType: string, repository: string) {
  return [
    {
      id: "831e1650-001e-001b-66ab-eeb76e069631",
      topic: "/subscriptions/x/providers/Microsoft.ContainerRegistry/registries/acme",
      subject: `${repository}:latest`,
      eventType,
      eventTime: "2018-04-25T21:39:47.6549614Z",
      data: acrBody("push", repository, "latest"),
      dataVersion: "1.0",
      metadataVersion: "1",
    },
  ];
}

export function ecrEvent(action: string, repository: string, result = "SUCCESS") {
  return {
    version: "0",
    id: "13cde686-328b-6117-af20-0e5566167482",
    "detail-type": "ECR Image Action",
    source: "aws.ecr",
    account: "123456789012",
    time: "2019-11-16T01:54:34Z",
    region: "us-west-2",
    resources: [],
    detail: {
      result,
      "repository-name": repository,
      "image-digest": digest,
      "action-type": action,
      "image-tag": "latest",
    },
  };
}

export const topic = "arn:aws:sns:us-west-2:123456789012:pushes";

export function snsEnvelope(message: unknown, type = "Notification") {
  return {
    Type: type,
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: topic,
    Message: typeof message === "string" ? message : JSON.stringify(message),
    Timestamp: "2012-05-02T00:54:06.655Z",
    SignatureVersion: "1",
  };
}

function pubsub(action: string, tag?: string) {
  const data = { action, digest: `us-east1-docker.pkg.dev/acme/fleet/shop@${digest}`, tag };
  return {
    message: {
      data: Buffer.from(JSON.stringify(data)).toString("base64"),
      messageId: "136969346945",
      publishTime: "2014-10-02T15:01:23Z",
      attributes: {},
    },
    subscription: "projects/acme/subscriptions/fairlead",
  };
}

function jfrog(event: string, image: string, tag = "latest") {
  return {
    domain: "docker",
    event_type: event,
    data: {
      repo_key: "docker-local",
      path: `${image}/${tag}/list.manifest.json`,
      name: "list.manifest.json",
      sha256: "a".repeat(64),
      size: 1206,
      image_name: image,
      tag,
      platforms: [],
    },
    subscription_key: "fairlead",
    jpd_origin: "https://acme.jfrog.io/",
    source: "jfrog/me",
  };
}

function nexusBody(action: string, name: string, format = "docker") {
  return {
    timestamp: "2016-11-10T23:57:49.664+0000",
    nodeId: "52905B51",
    initiator: "admin/127.0.0.1",
    repositoryName: "docker-hosted",
    action,
    component: { id: "08909bf0", componentId: "x", format, name, group: null, version: "latest" },
  };
}

function cloudsmithBody(event: string, name: string) {
  return {
    meta: { event_id: event, schema: "RepositoryPackageWebhook", created_at: "2024-01-01T00:00:00Z" },
    data: {
      format: "docker",
      name,
      version: "a".repeat(64),
      namespace: "acme",
      repository: "fleet",
      tags: { info: ["upstream"], version: ["latest", "1.4"] },
    },
  };
}

const repositoryPush = (url: string) => ({ ref: "refs/heads/main", repository: { clone_url: url } });

export const deliveries: readonly Sent[] = [
  {
    type: "dockerhub",
    proofs: ["path"],
    image: "acme/shop",
    push: { body: hub("acme/shop", "latest") },
    elsewhere: { body: hub("acme/other", "latest") },
    other: { body: hub("acme/shop", "nightly") },
  },
  {
    type: "harbor",
    proofs: ["path", (_body, key) => ({ authorization: key })],
    image: "hub.example/acme/shop",
    push: { body: harborPush("PUSH_ARTIFACT", "acme/shop", "latest") },
    elsewhere: { body: harborPush("PUSH_ARTIFACT", "acme/other", "latest") },
    other: { body: harborPush("PULL_ARTIFACT", "acme/shop", "latest") },
  },
  {
    type: "quay",
    proofs: ["path"],
    image: "quay.io/acme/shop",
    push: {
      body: {
        name: "shop",
        repository: "acme/shop",
        namespace: "acme",
        docker_url: "quay.io/acme/shop",
        homepage: "https://quay.io/repository/acme/shop",
        updated_tags: ["foo", "latest"],
      },
    },
    elsewhere: { body: { docker_url: "quay.io/acme/other", updated_tags: ["latest"] } },
    other: { body: { docker_url: "quay.io/acme/shop", updated_tags: ["foo"] } },
  },
  {
    type: "distribution",
    proofs: ["path", (_body, key) => bearer(key), (_body, key) => basic(key)],
    image: "registry.example:5000/acme/shop",
    push: {
      body: distributionEvents(["push", "acme/shop"], ["push", "acme/shop", "latest"], ["pull", "acme/shop", "latest"]),
      headers: { "content-type": "application/vnd.docker.distribution.events.v2+json" },
    },
    elsewhere: { body: distributionEvents(["push", "acme/other", "latest"]) },
    other: {
      body: distributionEvents(["pull", "acme/shop", "latest"], ["delete", "acme/shop"], ["mount", "acme/shop"]),
    },
  },
  {
    type: "zot",
    proofs: ["path", (_body, key) => bearer(key), (_body, key) => basic(key)],
    image: "zot.example/acme/shop",
    push: {
      body: { name: "acme/shop", reference: "latest", digest, manifest: "{}", mediaType: "application/json" },
      headers: { "ce-specversion": "1.0", "ce-type": "zotregistry.image.updated", "ce-source": "zot" },
    },
    elsewhere: {
      body: { name: "acme/other", reference: "latest", digest },
      headers: { "ce-specversion": "1.0", "ce-type": "zotregistry.image.updated", "ce-source": "zot" },
    },
    other: {
      body: { name: "acme/shop", reference: "latest", digest },
      headers: { "ce-specversion": "1.0", "ce-type": "zotregistry.image.deleted", "ce-source": "zot" },
    },
    id: { "ce-id": "a-1" },
  },
  {
    type: "acr",
    proofs: ["path", (_body, key) => bearer(key)],
    image: "acme.azurecr.io/acme/shop",
    push: { body: acrBody("push", "acme/shop", "latest"), headers: { "content-type": "text/x-anything" } },
    elsewhere: { body: acrBody("push", "acme/other", "latest") },
    other: { body: acrBody("delete", "acme/shop") },
    ping: { body: { id: "x", timestamp: "2017-11-17T16:52:01Z", action: "ping" } },
  },
  {
    type: "eventgrid",
    proofs: ["path", (_body, key) => bearer(key)],
    image: "acme.azurecr.io/acme/shop",
    push: { body: gridEvents("Microsoft.ContainerRegistry.ImagePushed", "acme/shop") },
    elsewhere: { body: gridEvents("Microsoft.ContainerRegistry.ImagePushed", "acme/other") },
    other: { body: gridEvents("Microsoft.ContainerRegistry.ImageDeleted", "acme/shop") },
    ping: {
      body: [
        {
          id: "2d1781af",
          topic: "/subscriptions/x",
          subject: "",
          data: { validationCode: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", validationUrl: "https://example/validate" },
          eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
          eventTime: "2018-01-25T22:12:19.4556811Z",
        },
      ],
    },
  },
  {
    type: "ecr",
    proofs: ["path", (_body, key) => ({ "x-api-key": key }), (_body, key) => basic(key)],
    image: "123456789012.dkr.ecr.us-west-2.amazonaws.com/acme/shop",
    push: { body: ecrEvent("PUSH", "acme/shop") },
    elsewhere: { body: ecrEvent("PUSH", "acme/other") },
    other: { body: ecrEvent("DELETE", "acme/shop") },
  },
  {
    type: "sns",
    proofs: ["path"],
    image: "123456789012.dkr.ecr.us-west-2.amazonaws.com/acme/shop",
    push: {
      body: snsEnvelope(ecrEvent("PUSH", "acme/shop")),
      headers: { "content-type": "text/plain; charset=UTF-8" },
    },
    elsewhere: { body: snsEnvelope({ image: "acme/other" }) },
    other: { body: snsEnvelope("bye", "UnsubscribeConfirmation") },
    ping: {
      body: {
        ...snsEnvelope("You have chosen to subscribe", "SubscriptionConfirmation"),
        SubscribeURL: `https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37`,
      },
    },
    id: { "x-amz-sns-message-id": "22b80b92" },
  },
  {
    type: "gar",
    proofs: ["path", (_body, key) => bearer(key)],
    image: "us-east1-docker.pkg.dev/acme/fleet/shop",
    push: { body: pubsub("INSERT", "us-east1-docker.pkg.dev/acme/fleet/shop:latest") },
    elsewhere: { body: pubsub("INSERT", "us-east1-docker.pkg.dev/acme/fleet/other:latest") },
    other: { body: pubsub("DELETE", "us-east1-docker.pkg.dev/acme/fleet/shop:latest") },
  },
  {
    type: "artifactory",
    proofs: [
      "path",
      (_body, key) => ({ "x-jfrog-event-auth": key }),
      (body, key) => ({ "x-jfrog-event-auth": hmac("sha256", body, key) }),
    ],
    image: "acme.jfrog.io/docker-local/acme/shop",
    push: { body: jfrog("pushed", "acme/shop") },
    elsewhere: { body: jfrog("pushed", "acme/other") },
    other: { body: jfrog("deleted", "acme/shop") },
    ping: { body: jfrog("pushed", "sample_arch", "sample_image") },
  },
  {
    type: "nexus",
    proofs: ["path", (body, key) => ({ "x-nexus-webhook-signature": hmac("sha1", body, key) })],
    image: "nexus.example:8082/acme/shop",
    push: { body: nexusBody("CREATED", "acme/shop"), headers: { "x-nexus-webhook-id": "rm:repository:component" } },
    elsewhere: { body: nexusBody("CREATED", "acme/other") },
    other: { body: nexusBody("DELETED", "acme/shop") },
    id: { "x-nexus-webhook-delivery": "4a0a1a2b" },
  },
  {
    type: "aliyun",
    proofs: ["path"],
    image: "registry.cn-hangzhou.aliyuncs.com/acme/shop",
    push: {
      body: {
        push_data: { digest, pushed_at: "2016-11-23 18:25:37", tag: "latest" },
        repository: {
          name: "shop",
          namespace: "acme",
          region: "cn-hangzhou",
          repo_full_name: "acme/shop",
          repo_type: "PRIVATE",
        },
      },
    },
    elsewhere: { body: { push_data: { tag: "latest" }, repository: { repo_full_name: "acme/other" } } },
    other: { body: { push_data: { tag: "nightly" }, repository: { repo_full_name: "acme/shop" } } },
  },
  {
    type: "cloudsmith",
    proofs: [
      "path",
      (_body, key) => bearer(key),
      (body, key) => ({ "x-cloudsmith-signature": hmac("sha1", body, key) }),
    ],
    image: "docker.cloudsmith.io/acme/fleet/shop",
    push: { body: cloudsmithBody("package.synced", "shop") },
    elsewhere: { body: [cloudsmithBody("package.synced", "other")] },
    other: { body: cloudsmithBody("package.deleted", "shop") },
    ping: { body: { meta: { event_id: "ping" }, data: {} } },
  },
  {
    type: "github",
    proofs: ["path", (body, key) => ({ "x-hub-signature-256": `sha256=${hmac("sha256", body, key)}` })],
    image: "ghcr.io/acme/shop",
    push: {
      body: githubPackage("ghcr.io/Acme/shop:latest", "latest"),
      headers: { "x-github-event": "registry_package" },
    },
    elsewhere: {
      body: githubPackage("ghcr.io/acme/other:latest", "latest"),
      headers: { "x-github-event": "registry_package" },
    },
    other: { body: githubPackage("ghcr.io/acme/shop:", ""), headers: { "x-github-event": "registry_package" } },
    ping: { body: { zen: "Speak like a human.", hook_id: 1 }, headers: { "x-github-event": "ping" } },
    id: { "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" },
  },
  {
    type: "gitea",
    proofs: ["path", (_body, key) => bearer(key), (body, key) => ({ "x-gitea-signature": hmac("sha256", body, key) })],
    image: "forge.example:3000/acme/shop",
    push: {
      body: giteaPackage("shop", "latest"),
      headers: { "x-gitea-event": "package", "x-github-event": "package" },
    },
    elsewhere: { body: giteaPackage("other", "latest"), headers: { "x-gitea-event": "package" } },
    other: { body: giteaPackage("shop", digest), headers: { "x-gitea-event": "package" } },
    id: { "x-gitea-delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473" },
  },
  {
    type: "gitlab",
    proofs: ["path", (_body, key) => ({ "x-gitlab-token": key }), standardProof],
    image: "https://forge.example/acme/fleet.git",
    push: {
      body: {
        object_kind: "push",
        ref: "refs/heads/main",
        project: { git_http_url: "https://forge.example/acme/fleet.git" },
      },
    },
    elsewhere: { body: { object_kind: "push", project: { git_http_url: "https://forge.example/acme/other.git" } } },
    other: { body: { object_kind: "pipeline", project: { git_http_url: "https://forge.example/acme/fleet.git" } } },
    id: { "idempotency-key": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f" },
  },
  {
    type: "gogs",
    proofs: ["path", (body, key) => ({ "x-gogs-signature": hmac("sha256", body, key) })],
    image: "https://forge.example/acme/fleet.git",
    push: { body: repositoryPush("https://forge.example/acme/fleet.git"), headers: { "x-gogs-event": "push" } },
    elsewhere: { body: repositoryPush("https://forge.example/acme/other.git") },
    other: { body: repositoryPush("https://forge.example/acme/fleet.git"), headers: { "x-gogs-event": "issues" } },
    id: { "x-gogs-delivery": "f6266f16" },
  },
  {
    type: "bitbucket",
    proofs: ["path", (body, key) => ({ "x-hub-signature": `sha256=${hmac("sha256", body, key)}` })],
    image: "https://forge.example/acme/fleet.git",
    push: {
      body: {
        push: { changes: [{ new: { type: "branch", name: "main" } }] },
        repository: { links: { html: { href: "https://forge.example/acme/fleet.git" } } },
      },
      headers: { "x-event-key": "repo:push" },
    },
    elsewhere: {
      body: {
        push: { changes: [] },
        repository: { links: { html: { href: "https://forge.example/acme/other.git" } } },
      },
      headers: { "x-event-key": "repo:push" },
    },
    other: { body: { repository: {} }, headers: { "x-event-key": "pullrequest:created" } },
    ping: { body: { test: true }, headers: { "x-event-key": "diagnostics:ping" } },
    id: { "x-request-uuid": "51d17a1d" },
  },
  {
    type: "azure-devops",
    proofs: ["path", (_body, key) => basic(key)],
    image: "https://forge.example/acme/fleet.git",
    push: {
      body: {
        eventType: "git.push",
        resource: {
          refUpdates: [{ name: "refs/heads/main" }],
          repository: { remoteUrl: "https://forge.example/acme/fleet.git" },
        },
      },
    },
    elsewhere: {
      body: { eventType: "git.push", resource: { repository: { remoteUrl: "https://forge.example/acme/other.git" } } },
    },
    other: { body: { eventType: "build.complete", resource: {} } },
  },
  {
    type: "generic",
    proofs: [
      "path",
      (_body, key) => bearer(key),
      (body, key) => ({ "x-signature-256": `sha256=${hmac("sha256", body, key)}` }),
    ],
    image: "ghcr.io/acme/shop",
    push: { body: { image: "ghcr.io/acme/shop:latest" } },
    elsewhere: { body: { image: "ghcr.io/acme/other:latest" } },
    other: { body: { service: "shop/nobody" } },
  },
  {
    type: "standard",
    proofs: ["path", standardProof],
    image: "ghcr.io/acme/shop",
    push: { body: { image: "ghcr.io/acme/shop:latest" } },
    elsewhere: { body: { image: "ghcr.io/acme/other:latest" } },
    other: { body: { service: "shop/nobody" } },
    id: { "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W" },
  },
  {
    type: "cloudevents",
    proofs: ["path", (_body, key) => bearer(key)],
    image: "ghcr.io/acme/shop",
    push: {
      body: {
        specversion: "1.0",
        id: "1",
        source: "ci",
        type: "example.image.pushed",
        data: { image: "ghcr.io/acme/shop:latest" },
      },
      headers: { "content-type": "application/cloudevents+json" },
    },
    elsewhere: {
      body: [{ specversion: "1.0", id: "1", source: "ci", type: "x", data: { image: "ghcr.io/acme/other" } }],
      headers: { "content-type": "application/cloudevents-batch+json" },
    },
    other: { body: { service: "shop/nobody" }, headers: { "ce-type": "x", "ce-specversion": "1.0" } },
    id: { "ce-id": "1" },
  },
  {
    type: "delivery-hook",
    proofs: [
      "path",
      (body, key, at) => ({
        "x-timestamp": seconds(at),
        "x-signature": hmac("sha256", `${body}${seconds(at)}`, key),
      }),
    ],
    image: "ghcr.io/acme/shop",
    push: { body: { container_name: "shop-web-1" } },
    elsewhere: { body: { container_name: "shop-nobody-1" } },
    other: { body: { service: "shop/nobody" } },
  },
];

export const anotherSecret = `${secret}-of-another`;
