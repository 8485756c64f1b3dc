import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openExchange } from "../../../../src/notify/exchange/exchange.js";
import { forgejo, gitea } from "../../../../src/notify/forges/gitea.js";
import { github } from "../../../../src/notify/forges/github.js";
import { gitlab } from "../../../../src/notify/forges/gitlab.js";
import { repositoryOf } from "../../../../src/notify/forges/repository.js";
import { forgeSenders } from "../../../../src/notify/forges/senders.js";
import { descriptionOf, stateOf } from "../../../../src/notify/forges/state.js";
import { noticeKinds, type Notice } from "../../../../src/notify/model/notice.js";
import type { SenderContext, Tell } from "../../../../src/notify/model/sender.js";
import { Secret } from "../../../../src/tools/secret.js";
import { startVendor, type Manner, type Vendor } from "../exchange/vendor.js";
import { delivery, rollout, sha } from "../words/samples.js";

const token = "ghp_0123456789abcdef";
const context: SenderContext = {
  exchange: openExchange({ userAgent: "fairlead/1.2.3" }),
  place: (key) => `s.yaml:1:1: notify.forge.${key}`,
  secretIn: () => new Secret(token),
  now: () => 1_760_000_000_000,
};

type Opened = (url: string, more?: object) => Tell;
const common = { repository: "Acme/Fleet", tokenFile: "/t" };
const openers: Readonly<Record<string, Opened>> = {
  github: (url, more) => github.open(z.strictObject(github.fields).parse({ url, ...common, ...more }), context),
  gitlab: (url, more) => gitlab.open(z.strictObject(gitlab.fields).parse({ url, ...common, ...more }), context),
  gitea: (url, more) => gitea.open(z.strictObject(gitea.fields).parse({ url, ...common, ...more }), context),
  forgejo: (url, more) => forgejo.open(z.strictObject(forgejo.fields).parse({ url, ...common, ...more }), context),
};

const signal = () => AbortSignal.timeout(20_000);

async function told(type: string, notice: Notice, more: object, ...manners: readonly Manner[]) {
  const vendor = await startVendor(...manners);
  const answer = await openers[type]!(vendor.url, more)({ notice }, signal());
  return { answer, asked: askedOf(vendor) };
}

function askedOf(vendor: Vendor) {
  return vendor.asked.map(({ method, path, headers, body }) => ({
    ...{ call: `${method} ${path}`, headers },
    body: body === "" ? undefined : (JSON.parse(body) as unknown),
  }));
}

const name = "fairlead/shop/web";
const link = "https://fairlead.example.org/#shop/web";

describe("a commit's status", () => {
  it.each<readonly [string, Notice["kind"], object]>([
    [
      "github",
      "promoted",
      {
        call: `POST /repos/Acme/Fleet/statuses/${sha}`,
        headers: {
          authorization: `Bearer ${token}`,
          "x-github-api-version": "2022-11-28",
          "user-agent": "fairlead/1.2.3",
        },
        body: { state: "success", context: name, description: "shop/web: 1.4.3 is promoted", target_url: link },
      },
    ],
    ["github", "started", { body: { state: "pending" } }],
    ["github", "rolled-back", { body: { state: "failure" } }],
    [
      "gitlab",
      "rolled-back",
      {
        call: `POST /api/v4/projects/Acme%2FFleet/statuses/${sha}`,
        headers: { "private-token": token },
        body: { state: "failed", name, description: "shop/web: 1.4.3 is rolled-back", target_url: link },
      },
    ],
    ["gitlab", "started", { body: { state: "running" } }],
    ["gitlab", "waiting", { body: { state: "pending" } }],
    [
      "gitea",
      "held",
      {
        call: `POST /api/v1/repos/Acme/Fleet/statuses/${sha}`,
        headers: { authorization: `token ${token}` },
        body: { state: "failure", context: name, description: "shop/web: 1.4.3 is held", target_url: link },
      },
    ],
    ["forgejo", "promoted", { call: `POST /api/v1/repos/Acme/Fleet/statuses/${sha}` }],
  ])("%s, %s", async (type, kind, request) => {
    const { answer, asked } = await told(type, rollout(kind), {}, { status: 201, text: "{}" });
    expect(answer).toEqual({ outcome: "delivered" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject(request);
  });

  it.each(["github", "gitlab", "gitea"])(
    "%s is told nothing that is not about a commit of its repository",
    async (type) => {
      const { commit } = rollout();
      const others: readonly Notice[] = [
        delivery(),
        { ...rollout("engine") },
        { ...rollout(), commit: { ...commit!, source: "https://github.com/acme/other" } },
        { ...rollout(), commit: { ...commit!, id: "1a2b3c4" } },
      ];
      for (const notice of others) {
        const { answer, asked } = await told(type, notice, {}, { status: 201 });
        expect(answer).toMatchObject({ outcome: "delivered", said: expect.stringMatching(/commit/) as string });
        expect(asked).toEqual([]);
      }
    },
  );

  it("of GitLab that is so already is no failure", async () => {
    const text = JSON.stringify({
      message: 'Cannot transition status via :run from :running (Reason(s): Status cannot transition via "run")',
    });
    expect((await told("gitlab", rollout("started"), {}, { status: 400, text })).answer).toMatchObject({
      outcome: "delivered",
    });
    expect(
      (await told("gitlab", rollout(), {}, { status: 400, text: '{"message":"ref is invalid"}' })).answer,
    ).toMatchObject({
      outcome: "refused",
      why: expect.stringContaining("ref is invalid") as string,
    });
  });

  it.each<readonly [string, Manner, object]>([
    [
      "github",
      { status: 401 },
      { outcome: "refused", why: expect.stringContaining("renew the token in tokenFile") as string },
    ],
    ["github", { status: 404, text: `{"message":"Not Found ${token}"}` }, { outcome: "refused" }],
    ["github", { status: 422 }, { outcome: "refused", why: expect.stringContaining("that commit") as string }],
    ["github", { status: 403, headers: { "retry-after": "60" } }, { outcome: "later", afterMs: 60_000 }],
    ["gitlab", { status: 403 }, { outcome: "refused", why: expect.stringContaining("role Developer") as string }],
    ["gitlab", { status: 429, headers: { "retry-after": "2" } }, { outcome: "later", afterMs: 2_000 }],
    ["gitea", { status: 500 }, { outcome: "later" }],
    ["gitea", { status: 404 }, { outcome: "refused" }],
  ])("%s answers %j", async (type, manner, expected) => {
    const { answer } = await told(type, rollout(), {}, manner);
    expect(answer).toMatchObject(expected);
    expect(JSON.stringify(answer)).not.toContain(token);
  });

  it("is named as the settings want it", async () => {
    const { asked } = await told("gitea", rollout(), { context: "prod" }, { status: 201 });
    expect(asked[0]?.body).toMatchObject({ context: "prod/shop/web" });
  });
});

describe("a deployment", () => {
  const list = (value: unknown) => ({ status: 200, text: JSON.stringify(value) });

  it("at GitHub is made once, found again, and told how it goes", async () => {
    const made = await told(
      "github",
      rollout("started"),
      { deployments: true },
      { status: 201, text: "{}" },
      list([]),
      { status: 201, text: '{"id":7}' },
      { status: 201, text: "{}" },
    );
    expect(made.answer).toEqual({ outcome: "delivered" });
    expect(made.asked.map(({ call }) => call)).toEqual([
      `POST /repos/Acme/Fleet/statuses/${sha}`,
      `GET /repos/Acme/Fleet/deployments?sha=${sha}&environment=shop%2Fweb&task=fairlead&per_page=1`,
      "POST /repos/Acme/Fleet/deployments",
      "POST /repos/Acme/Fleet/deployments/7/statuses",
    ]);
    expect(made.asked[2]?.body).toEqual({
      ...{ ref: sha, task: "fairlead", environment: "shop/web", auto_merge: false, required_contexts: [] },
      description: "shop/web: 1.4.3 is started",
    });
    expect(made.asked[3]?.body).toMatchObject({ state: "in_progress", environment: "shop/web", log_url: link });

    const over = await told(
      "github",
      rollout(),
      { deployments: true, environment: "{service} of {project}" },
      { status: 201, text: "{}" },
      list([{ id: 7 }]),
      { status: 201, text: "{}" },
    );
    expect(over.asked.map(({ call }) => call).slice(2)).toEqual(["POST /repos/Acme/Fleet/deployments/7/statuses"]);
    expect(over.asked[2]?.body).toMatchObject({ state: "success", environment: "web of shop" });
  });

  it("at GitLab is made once, found again, and told how it goes", async () => {
    const more = { deployments: true, ref: "main" };
    const made = await told("gitlab", rollout("started"), more, { status: 201, text: "{}" }, list([]), {
      status: 201,
      text: '{"id":7}',
    });
    expect(made.asked.map(({ call }) => call)).toEqual([
      `POST /api/v4/projects/Acme%2FFleet/statuses/${sha}`,
      "GET /api/v4/projects/Acme%2FFleet/deployments?environment=shop%2Fweb&status=running&order_by=id&sort=desc&per_page=1",
      "POST /api/v4/projects/Acme%2FFleet/deployments",
    ]);
    expect(made.asked[2]?.body).toEqual({ environment: "shop/web", sha, ref: "main", tag: false, status: "running" });

    const again = await told("gitlab", rollout("started"), more, { status: 201, text: "{}" }, list([{ id: 7, sha }]));
    expect(again.asked).toHaveLength(2);
    const over = await told("gitlab", rollout("failed"), more, { status: 201, text: "{}" }, list([{ id: 7, sha }]), {
      status: 200,
      text: "{}",
    });
    expect(over.asked[2]).toMatchObject({
      call: "PUT /api/v4/projects/Acme%2FFleet/deployments/7",
      body: { status: "failed" },
    });
    const others = await told(
      "gitlab",
      rollout(),
      more,
      { status: 201, text: "{}" },
      list([{ id: 7, sha: "f".repeat(40) }]),
      { status: 201, text: "{}" },
    );
    expect(others.asked[2]).toMatchObject({
      call: "POST /api/v4/projects/Acme%2FFleet/deployments",
      body: { status: "success" },
    });
  });

  it("that a forge refuses, or answers oddly, is told", async () => {
    const refused = await told(
      "github",
      rollout(),
      { deployments: true },
      { status: 201, text: "{}" },
      { status: 403 },
    );
    expect(refused.answer).toMatchObject({ outcome: "refused", why: expect.stringContaining("deployments") as string });
    const odd = await told("github", rollout(), { deployments: true }, { status: 201, text: "{}" }, list({}));
    expect(odd.answer).toMatchObject({ outcome: "later" });
  });

  it("at GitLab needs a branch", () => {
    expect(() => openers["gitlab"]!("https://gitlab.example", { deployments: true })).toThrow(
      "s.yaml:1:1: notify.forge.deployments: there is no `ref`",
    );
  });
});

describe("whose commit it is", () => {
  const site = new URL("https://gitlab.example/git");
  const of = (source: string, more: object = {}) =>
    repositoryOf({ ...rollout().commit!, source }, { site, repository: undefined, source: undefined, ...more });

  it.each([
    ["https://gitlab.example/git/Acme/Fleet.git", {}, "acme/fleet"],
    ["git@gitlab.example:git/acme/fleet.git#main", {}, "acme/fleet"],
    ["https://gitlab.example/git/acme/sub/fleet", {}, "acme/sub/fleet"],
    ["https://github.com/acme/fleet", {}, undefined],
    ["https://gitlab.example.evil.org/git/acme/fleet", {}, undefined],
    ["git@work:acme/fleet.git", { repository: "Acme/fleet" }, "Acme/fleet"],
    ["https://github.com/evil-acme/fleet", { repository: "acme/fleet" }, undefined],
    ["/srv/git/fleet.git", { repository: "acme/fleet", source: "/srv/git/fleet.git" }, "acme/fleet"],
    ["/srv/git/other.git", { repository: "acme/fleet", source: "/srv/git/fleet.git" }, undefined],
  ])("%s, %j: %s", (source, more, repository) => {
    expect(of(source, more)).toBe(repository);
  });

  it("is told by GitHub's pages, not by its API", async () => {
    const tell = github.open(z.strictObject(github.fields).parse({ tokenFile: "/t" }), {
      ...context,
      exchange: ({ url }) => {
        expect(String(url)).toBe(`https://api.github.com/repos/acme/fleet/statuses/${sha}`);
        return Promise.resolve({ status: 201, header: () => undefined, text: "{}" });
      },
    });
    expect(await tell({ notice: rollout() }, signal())).toEqual({ outcome: "delivered" });
    expect.assertions(2);
  });

  it("has to be said of a mirror", () => {
    expect(() => openers["gitea"]!("https://git.example", { repository: undefined, source: "/srv/git/x.git" })).toThrow(
      "s.yaml:1:1: notify.forge.source: there is no `repository` that it is a mirror of",
    );
  });
});

describe("what a forge is told", () => {
  it("is a state for each kind that is about a commit, and the end of a problem is a success", () => {
    const states = noticeKinds.map((kind) => [kind, stateOf(rollout(kind))]);
    expect(Object.fromEntries(states)).toEqual({
      ...{ started: "running", promoted: "success", "rolled-back": "failure", failed: "failure", held: "failure" },
      ...{ waiting: "waiting", "job-failed": "failure", "crash-looping": "failure", recovered: "success" },
      ...{ source: "failure", signature: "failure", registry: undefined, engine: undefined },
    });
    expect(stateOf(rollout("source", { isEnd: true }))).toBe("success");
    expect(stateOf(delivery())).toBeUndefined();
  });

  it("is one short line, or what a template has made of it", () => {
    expect(descriptionOf(rollout("failed", { reason: "it did not become healthy" }))).toBe(
      "shop/web: 1.4.3 is failed: it did not become healthy",
    );
    expect(descriptionOf(rollout("failed", { reason: "x".repeat(500) }))).toHaveLength(140);
    expect(descriptionOf(rollout(), "mine\nand more")).toBe("mine and more");
  });

  it("has a file for each forge", () => {
    expect(forgeSenders.map(({ type }) => type)).toEqual(["github", "gitlab", "gitea", "forgejo"]);
  });
});
