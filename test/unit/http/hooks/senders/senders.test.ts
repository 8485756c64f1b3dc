import type { Request } from "express";
import { afterAll, describe, expect, test } from "vitest";
import { hookTypes } from "../../../../../src/http/delivery/outcome.js";
import { pathsOf } from "../../../../../src/http/hooks/addresses.js";
import { Secret } from "../../../../../src/tools/secret.js";
import type { Push } from "../../../../../src/control/surface/surface.js";
import { secret, serveHooks } from "../../harness.js";
import { fakeSurface } from "../../surface.js";
import { anotherSecret, deliveries, type Delivery, type Proof, type Sent } from "./deliveries.js";

const repository = "https://forge.example/acme/fleet.git";

/** `shop/web` declares the image, or the repository is followed that it stands for. */
async function serve(sent: Sent) {
  const isRepository = sent.image.startsWith("https://");
  const pushed = ({ repositories }: Push) =>
    repositories.includes(repository)
      ? { looking: [repository], reason: undefined }
      : { looking: [], reason: "nobody follows that repository" };
  const surface = fakeSurface({ images: { "shop/web": isRepository ? "nginx" : sent.image }, pushed });
  const clock = { now: Date.now() };
  const hooks = await serveHooks({ surface, now: () => clock.now });
  return { hooks, clock, enqueued: isRepository ? [repository] : ["shop/web"] };
}

type Hooks = Awaited<ReturnType<typeof serve>>["hooks"];

interface Shown {
  readonly proof: Proof | "none";
  readonly key?: string;
  readonly at?: number;
}

async function send(hooks: Hooks, sent: Sent, { body, headers }: Delivery, shown: Shown) {
  const { proof, key = secret, at = Date.now() } = shown;
  const text = JSON.stringify(body);
  const path = `/hooks/${sent.type}${sent.type === "delivery-hook" ? "/pull" : ""}`;
  const where = proof === "path" ? `${path}/${key}` : path;
  return hooks.post(where, text, { ...headers, ...(typeof proof === "function" ? proof(text, key, at) : {}) });
}

const signs = (proof: Proof) => typeof proof === "function" && proof("a", "k", 0) !== proof("b", "k", 0);
const columns = ["push", "ping", "other", "wrong", "missing", "again", "elsewhere"] as const;
const table = new Map<string, Map<string, string>>();

function note(type: string, column: (typeof columns)[number], cell: string) {
  const row = table.get(type) ?? new Map<string, string>();
  row.set(column, cell);
  table.set(type, row);
}

afterAll(() => {
  const lines = [...table].map(([type, row]) => [type, ...columns.map((column) => row.get(column) ?? "")]);
  const all = [["receiver", ...columns], ...lines];
  const widths = all[0]!.map((_, index) => Math.max(...all.map((line) => line[index]!.length)));
  console.log(all.map((line) => line.map((cell, index) => cell.padEnd(widths[index]!)).join("  ")).join("\n"));
});

test("every type has its deliveries here", () => {
  expect(deliveries.map(({ type }) => type).sort()).toEqual([...hookTypes].sort());
});

describe.each(deliveries)("$type", (sent) => {
  const { proofs, push, elsewhere, ping, other, id } = sent;
  const [first] = proofs;
  const { type } = sent;

  test.each(proofs.map((proof, index) => [index, proof] as const))("a push, by proof %i", async (_index, proof) => {
    const { hooks, enqueued } = await serve(sent);
    const answer = await send(hooks, sent, push, { proof });
    expect([answer.status, answer.json]).toEqual([202, { enqueued }]);
    note(type, "push", "202");
  });

  test("a push of another repository", async () => {
    const { hooks } = await serve(sent);
    const answer = await send(hooks, sent, elsewhere, { proof: first! });
    expect(answer.status).toBe(200);
    expect(answer.json["reason"]).toMatch(/no declared service (?:uses .*other|has that name)|nobody follows/);
    expect(hooks.surface.reconciled).toEqual([]);
    note(type, "elsewhere", "200");
  });

  test("something else", async () => {
    const { hooks } = await serve(sent);
    const answer = await send(hooks, sent, other, { proof: first! });
    expect([answer.status, typeof answer.json["reason"]]).toEqual([200, "string"]);
    expect(hooks.surface.reconciled).toEqual([]);
    note(type, "other", "200");
  });

  test.runIf(ping !== undefined)("a ping", async () => {
    const { hooks } = await serve(sent);
    const answer = await send(hooks, sent, ping!, { proof: first! });
    expect(answer.status).toBe(200);
    expect(hooks.surface.reconciled).toEqual([]);
    note(type, "ping", "200");
  });

  test.each(proofs.map((proof, index) => [index, proof] as const))(
    "the secret of another, by proof %i",
    async (_i, proof) => {
      const { hooks } = await serve(sent);
      const answer = await send(hooks, sent, push, { proof, key: anotherSecret });
      expect([401, 404]).toContain(answer.status);
      expect(hooks.surface.reconciled).toEqual([]);
      note(type, "wrong", String(answer.status));
    },
  );

  test("nothing shown", async () => {
    const { hooks } = await serve(sent);
    const answer = await send(hooks, sent, push, { proof: "none" });
    expect(answer.status).toBe(404);
    note(type, "missing", "404");
  });

  test("the same again", async () => {
    const { hooks, clock } = await serve(sent);
    const proof = proofs.find(signs) ?? first!;
    const at = clock.now;
    const once = { ...push, headers: { ...push.headers, ...(typeof proof === "string" ? id : {}), ...id } };
    await send(hooks, sent, once, { proof, at });
    clock.now += 5_000;
    const answer = await send(hooks, sent, once, { proof, at });
    const isKnown = id !== undefined || type === "delivery-hook";
    expect(answer.status).toBe(isKnown ? 200 : 202);
    if (isKnown) expect(answer.json).toEqual({ reason: "this delivery is here already" });
    note(type, "again", isKnown ? "200" : "202");
  });
});

describe("the samples that people can send themselves", () => {
  const subject = {
    image: { registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com", repository: "acme/fleet/shop", tag: "latest" },
    service: "shop/web",
    repository,
    isPush: false,
  };
  const cases = hookTypes.flatMap((type) => pathsOf(type).map((one) => [one.path, one] as const));

  test.each(cases)("%s takes its own", async (_path, { path, sender }) => {
    const { registry, repository: name, tag } = subject.image;
    const pushed = ({ repositories }: Push) => ({
      looking: repositories.includes(repository) ? [repository] : [],
      reason: undefined,
    });
    const image = sender.type === "cloudsmith" ? `docker.cloudsmith.io/${name}:${tag}` : `${registry}/${name}:${tag}`;
    const isHub = sender.type === "dockerhub";
    const surface = fakeSurface({
      builds: ["shop/web"],
      images: { "shop/web": isHub ? `docker.io/${name}:${tag}` : image },
      pushed,
    });
    const hooks = await serveHooks({ surface });
    const { body, headers = {} } = sender.sample(subject);
    const text = JSON.stringify(body);
    const word = new Secret(secret);
    const proof = sender.show?.(word) ?? sender.signature?.sign(Buffer.from(text), word, Date.now());
    const isInPath = sender.guide.secret === "in the address";
    const answer = await hooks.post(isInPath ? `${path}/${secret}` : path, text, {
      ...headers,
      ...(isInPath ? {} : proof),
    });
    expect([answer.status, answer.text]).toEqual([202, expect.stringMatching(/shop\/web|fleet\.git/)]);
    expect(isInPath || proof !== undefined).toBe(true);
  });

  test.each(["github", "gitea", "generic", "standard", "cloudevents"] as const)(
    "%s tells of a repository, where that is what a sample is about",
    async (type) => {
      const [{ path, sender } = {}] = pathsOf(type);
      const looking = ({ repositories }: Push) => ({ looking: repositories, reason: undefined });
      const hooks = await serveHooks({ surface: fakeSurface({ pushed: looking }) });
      const { body, headers = {} } = sender!.sample({ ...subject, isPush: true });
      const text = JSON.stringify(body);
      const word = new Secret(secret);
      const proof = sender!.show?.(word) ?? sender!.signature?.sign(Buffer.from(text), word, Date.now());
      const answer = await hooks.post(path!, text, { ...headers, ...proof });
      expect([answer.status, answer.json]).toEqual([202, { enqueued: [repository] }]);
    },
  );

  test.each(["sns", "ecr"] as const)("%s names the topic that a sample is to come through", (type) => {
    const [{ sender } = {}] = pathsOf(type);
    const { body } = sender!.sample({ ...subject, topic: "arn:aws:sns:eu-west-1:123456789012:own" });
    expect(sender!.read(body, {} as unknown as Request)).toMatchObject({
      topic: "arn:aws:sns:eu-west-1:123456789012:own",
      images: [{ repository: "acme/fleet/shop", tag: "latest" }],
    });
  });

  const short = (["cloudsmith", "artifactory", "gitea"] as const).flatMap((type) =>
    ["shop", "acme/shop", "acme/fleet/shop", "a/b/c/d"].map((repository) => [type, repository] as const),
  );

  test.each(short)("%s names the image also of %s", (type, repository) => {
    const [{ sender } = {}] = pathsOf(type);
    const { body, headers = {} } = sender!.sample({ ...subject, image: { ...subject.image, repository } });
    const request = { headers, headersDistinct: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v]])) };
    const [image] = sender!.read(body, request as unknown as Request).images;
    expect(image?.repository.endsWith(repository)).toBe(true);
  });

  test.each(cases)("%s is set up in steps that say where and by what", (_path, { sender }) => {
    const { secret: place, steps } = sender.guide;
    const text = steps.join("\n");
    expect(text).toContain("{url}");
    expect(text.includes("{secret}")).toBe(place === "apart");
  });
});
