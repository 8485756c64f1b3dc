import { describe, expect, test } from "vitest";
import { secret, serveHooks } from "../../harness.js";
import { fakeSurface } from "../../surface.js";
import { ecrEvent, snsEnvelope } from "./deliveries.js";

const digest = `sha256:${"a".repeat(64)}`;

/** What each of these would be looked at for, if it were declared. */
async function serve() {
  const asked: string[] = [];
  const surface = fakeSurface();
  const keysForImage = surface.keysForImage.bind(surface);
  const hooks = await serveHooks({
    surface: Object.assign(surface, {
      keysForImage: (image: Parameters<typeof keysForImage>[0]) => {
        asked.push(`${image.registry ?? "*"}/${image.repository}:${image.tag ?? "*"}`);
        return keysForImage(image);
      },
    }),
  });
  return { hooks, asked };
}

type Case = readonly [
  what: string,
  type: string,
  body: unknown,
  images: readonly string[],
  headers?: Record<string, string>,
];

const harbor = (type: string, resource: object, repository: object = { repo_full_name: "acme/shop" }) => ({
  type,
  event_data: { resources: [resource], repository },
});
const registryPackage = (item: object) => ({ action: "updated", registry_package: item });
const github = { "x-github-event": "registry_package" };
const ecr = ecrEvent("PUSH", "acme/shop");
const ecrImage = "123456789012.dkr.ecr.us-west-2.amazonaws.com/acme/shop:latest";
const gridEvent = (type: string, action = "push") => ({
  ...{ specversion: "1.0", id: "1", source: "/subscriptions/x", type, subject: "acme/shop:latest" },
  data: { action, target: { repository: "acme/shop", tag: "latest" }, request: { host: "acme.azurecr.io" } },
});
const pubsub = (data: object) => ({ message: { data: Buffer.from(JSON.stringify(data)).toString("base64") } });

const cases: readonly Case[] = [
  [
    "Harbor before 2.0",
    "harbor",
    harbor("pushImage", { digest, tag: "v1", resource_url: "hub.example/acme/shop:v1" }),
    ["hub.example/acme/shop:v1"],
  ],
  [
    "Harbor as a CloudEvent",
    "harbor",
    {
      ...{ specversion: "1.0", id: "1", source: "/projects/2/webhook/policies/15", type: "harbor.artifact.pushed" },
      data: {
        resources: [{ digest, tag: "v1", resource_url: "hub.example:8443/acme/shop:v1" }],
        repository: { repo_full_name: "acme/shop" },
      },
    },
    ["hub.example:8443/acme/shop:v1"],
    { "content-type": "application/cloudevents+json" },
  ],
  [
    "Harbor without a tag",
    "harbor",
    harbor("PUSH_ARTIFACT", { tag: digest, resource_url: `hub.example/acme/shop@${digest}` }),
    [],
  ],
  ["Harbor without a URL", "harbor", harbor("PUSH_ARTIFACT", { tag: "v1" }), ["*/acme/shop:v1"]],
  [
    "Quay, as it was",
    "quay",
    { docker_url: "quay.io/acme/shop", updated_tags: { v1: "abc", v2: "def" } },
    ["quay.io/acme/shop:v1", "quay.io/acme/shop:v2"],
  ],
  ["Quay without tags", "quay", { docker_url: "quay.io/acme/shop", updated_tags: [] }, ["quay.io/acme/shop:*"]],
  [
    "a registry that tells of one odd image among others",
    "distribution",
    {
      events: [
        { action: "push", target: { repository: "Not A Name", tag: "v1" }, request: { host: "registry.example" } },
        { action: "push", target: { repository: "acme/shop", tag: "v1" }, request: { host: "registry.example" } },
        { action: "push", target: { repository: "acme/shop", mediaType: "application/octet-stream", digest } },
        { action: 3 },
        null,
      ],
    },
    ["registry.example/acme/shop:v1"],
  ],
  [
    "Zot in structured mode",
    "zot",
    { specversion: "1.0", type: "zotregistry.image.updated", data: { name: "acme/shop", reference: "v1" } },
    ["*/acme/shop:v1"],
  ],
  ["Zot by digest", "zot", { name: "acme/shop", reference: digest }, [], { "ce-type": "zotregistry.image.updated" }],
  [
    "Event Grid as CloudEvents",
    "eventgrid",
    [gridEvent("Microsoft.ContainerRegistry.ImagePushed")],
    ["acme.azurecr.io/acme/shop:latest"],
    { "content-type": "application/cloudevents-batch+json" },
  ],
  ["Event Grid, a deletion", "eventgrid", gridEvent("Microsoft.ContainerRegistry.ImageDeleted", "delete"), []],
  [
    "ECR as a CloudEvent around the event",
    "ecr",
    { specversion: "1.0", id: "1", source: "x", type: "ecr", data: ecr },
    [ecrImage],
  ],
  [
    "ECR as a CloudEvent around the detail",
    "ecr",
    { specversion: "1.0", type: "ecr", account: "123456789012", region: "us-west-2", data: ecr.detail },
    [ecrImage],
  ],
  ["ECR that does not say whose it is", "ecr", { detail: ecr.detail }, ["*/acme/shop:latest"]],
  ["ECR in SNS's envelope", "ecr", snsEnvelope(ecr), [ecrImage], { "content-type": "text/plain; charset=UTF-8" }],
  [
    "ECR in China",
    "ecr",
    { ...ecr, region: "cn-north-1" },
    ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/acme/shop:latest"],
  ],
  ["ECR, a push that failed", "ecr", ecrEvent("PUSH", "acme/shop", "FAILURE"), []],
  ["ECR without a tag", "ecr", { ...ecr, detail: { ...ecr.detail, "image-tag": undefined } }, []],
  [
    "SNS with our own format",
    "sns",
    snsEnvelope({ image: "ghcr.io/acme/shop:v1" }),
    ["ghcr.io/acme/shop:v1"],
    { "content-type": "text/plain" },
  ],
  ["Google without a tag", "gar", pubsub({ action: "INSERT", digest: `eu.gcr.io/acme/shop@${digest}` }), []],
  [
    "JFrog without the envelope",
    "artifactory",
    { event_type: "pushed", repo_key: "docker", path: "acme/shop/v1/manifest.json", image_name: "shop", tag: "v1" },
    ["*/docker/acme/shop:v1"],
  ],
  [
    "Nexus, an asset",
    "nexus",
    { action: "CREATED", asset: { format: "docker", name: "v2/acme/shop/manifests/v1" } },
    [],
  ],
  [
    "Nexus, another format",
    "nexus",
    { action: "CREATED", component: { format: "maven2", name: "shop", version: "1" } },
    [],
  ],
  [
    "Cloudsmith in a list, with several tags",
    "cloudsmith",
    [
      {
        meta: { event_id: "package.tags_updated" },
        data: { format: "docker", namespace: "Acme", repository: "fleet", name: "shop", tags: { version: ["a", "b"] } },
      },
    ],
    ["docker.cloudsmith.io/acme/fleet/shop:a", "docker.cloudsmith.io/acme/fleet/shop:b"],
  ],
  [
    "Cloudsmith, an image without a tag",
    "cloudsmith",
    {
      meta: { event_id: "package.synced" },
      data: { format: "docker", namespace: "a", repository: "b", name: "c", tags: {} },
    },
    [],
  ],
  [
    "GitHub with a stale kind",
    "github",
    registryPackage({
      package_type: "npm",
      ecosystem: "docker",
      package_version: { package_url: "ghcr.io/Acme/Shop:v1", container_metadata: { tag: { name: "v1" } } },
    }),
    ["ghcr.io/acme/shop:v1"],
    github,
  ],
  [
    "GitHub without a URL",
    "github",
    registryPackage({
      package_type: "container",
      name: "shop",
      owner: { login: "Acme" },
      package_version: { package_url: "", container_metadata: { tag: { name: "v1" } } },
    }),
    ["ghcr.io/acme/shop:v1"],
    github,
  ],
  [
    "GitHub, a part of an image",
    "github",
    registryPackage({
      package_type: "CONTAINER",
      package_version: {
        version: digest,
        package_url: "ghcr.io/acme/shop:",
        container_metadata: { tag: { name: "" } },
      },
    }),
    [],
    github,
  ],
  [
    "GitHub, another package",
    "github",
    registryPackage({ package_type: "npm", ecosystem: "npm", package_version: {} }),
    [],
    github,
  ],
  [
    "Gitea, another package",
    "gitea",
    { action: "created", package: { type: "npm", name: "shop", version: "1", owner: { login: "acme" } } },
    [],
    { "x-gitea-event": "package" },
  ],
  [
    "Forgejo",
    "forgejo",
    {
      action: "created",
      package: {
        type: "container",
        name: "shop",
        version: "v1",
        owner: { login: "Acme" },
        html_url: "https://code.example/Acme/-/packages/container/shop/v1",
      },
    },
    ["code.example/acme/shop:v1"],
    { "x-forgejo-event": "package" },
  ],
  [
    "CloudEvents by headers",
    "cloudevents",
    { image: "ghcr.io/acme/shop:v1" },
    ["ghcr.io/acme/shop:v1"],
    { "ce-type": "x", "ce-id": "1" },
  ],
  [
    "CloudEvents in base64",
    "cloudevents",
    { specversion: "1.0", type: "x", data_base64: Buffer.from('{"image":"acme/shop:v1"}').toString("base64") },
    ["docker.io/acme/shop:v1"],
  ],
];

describe("a delivery in other words", () => {
  test.each(cases.map((one) => [one[0], one] as const))("%s", async (_what, [, type, body, images, headers = {}]) => {
    const { hooks, asked } = await serve();
    const answer = await hooks.post(`/hooks/${type}/${secret}`, body, headers);
    expect(asked).toEqual(images);
    expect([answer.status, typeof answer.json["reason"]]).toEqual([200, "string"]);
  });
});

describe("a sender that asks first", () => {
  test("Event Grid gets its code back, and its URL is not asked", async () => {
    const { hooks } = await serve();
    const body = [
      {
        eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
        data: { validationCode: "512d38b6", validationUrl: "http://127.0.0.1:1/never" },
      },
    ];
    const answer = await hooks.post(`/hooks/eventgrid/${secret}`, body, { "aeg-event-type": "SubscriptionValidation" });
    expect([answer.status, answer.json]).toEqual([200, { validationResponse: "512d38b6" }]);
  });

  test.each(["eventgrid", "cloudevents"])("%s gets its headers, if it knows the secret", async (type) => {
    const { hooks } = await serve();
    const init = { method: "OPTIONS", headers: { "webhook-request-origin": "eventgrid.azure.net" } };
    const answer = await hooks.send(`/hooks/${type}/${secret}`, init);
    expect([
      answer.status,
      answer.headers.get("webhook-allowed-origin"),
      answer.headers.get("webhook-allowed-rate"),
    ]).toEqual([200, "eventgrid.azure.net", "*"]);
    expect((await hooks.send(`/hooks/${type}/wrong`, init)).status).toBe(404);
    expect((await hooks.send(`/hooks/${type}`, init)).status).toBe(404);
    expect((await hooks.send(`/hooks/github/${secret}`, init)).status).toBe(405);
  });

  test("SNS is not asked; a person is told where to, if that is Amazon's", async () => {
    const { hooks } = await serve();
    const confirmation = (url: string) => ({ ...snsEnvelope("", "SubscriptionConfirmation"), SubscribeURL: url });
    const real =
      "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:1:t&Token=23";
    const post = async (url: string) => (await hooks.post(`/hooks/sns/${secret}`, confirmation(url))).json["reason"];
    expect(await post(real)).toBe(`SNS wants the subscription confirmed: open ${real}`);
    for (const url of [
      "https://sns.us-west-2.amazonaws.com.example/?a=b",
      "http://127.0.0.1:1/",
      `${real}\n\u001b[31m`,
    ]) {
      expect(await post(url)).toMatch(/names no address of Amazon's/);
    }
    expect(hooks.surface.told.map(({ why }) => why)).toContain(`SNS wants the subscription confirmed: open ${real}`);
  });
});

test.each(["github", "dockerhub", "harbor"])("%s sends JSON and nothing else", async (type) => {
  const { hooks } = await serve();
  expect((await hooks.post(`/hooks/${type}/${secret}`, "{}", { "content-type": "text/plain" })).status).toBe(415);
});
