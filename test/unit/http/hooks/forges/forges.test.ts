import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Push } from "../../../../../src/control/surface/surface.js";
import { Secret } from "../../../../../src/tools/secret.js";
import { secret, serveHooks } from "../../harness.js";
import { fakeSurface } from "../../surface.js";

const url = "https://forge.example/acme/fleet.git";
const ssh = "git@forge.example:acme/fleet.git";
const ref = "refs/heads/main";

async function serve() {
  const pushes: Push[] = [];
  const surface = fakeSurface({
    pushed: (push) => {
      pushes.push(push);
      const isOurs = push.repositories.includes(url) && (push.ref ?? ref) === ref;
      return isOurs ? { looking: [url], reason: undefined } : { looking: [], reason: "nobody follows that repository" };
    },
  });
  return { hooks: await serveHooks({ surface }), pushes };
}

const hmac = (body: string, key: string | Buffer = secret) => createHmac("sha256", key).update(body).digest();
const hex = (body: string) => hmac(body).toString("hex");
const basic = (word: string) => `Basic ${Buffer.from(`any:${word}`).toString("base64")}`;
const now = () => String(Math.floor(Date.now() / 1_000));

const github = JSON.stringify({ ref, after: "0".repeat(40), repository: { clone_url: url, ssh_url: ssh } });
const gitlab = JSON.stringify({ object_kind: "push", ref, project: { git_http_url: url, git_ssh_url: ssh } });
const cloud = JSON.stringify({
  push: { changes: [{ new: { type: "branch", name: "main" } }, { new: null, old: { type: "tag", name: "v1" } }] },
  repository: { links: { html: { href: url } } },
});
const center = JSON.stringify({
  changes: [{ ref: { id: ref } }],
  repository: {
    links: {
      clone: [
        { href: url, name: "http" },
        { href: ssh, name: "ssh" },
      ],
    },
  },
});
const azure = JSON.stringify({
  eventType: "git.push",
  resource: { refUpdates: [{ name: ref }], repository: { remoteUrl: url } },
});
const form = (json: string) => new URLSearchParams({ payload: json }).toString();
const formType = { "content-type": "application/x-www-form-urlencoded" };
const standard = (body: string, key: string | Buffer = secret, at = now()) => ({
  ...{ "webhook-id": "msg_1", "webhook-timestamp": at },
  "webhook-signature": `v1,${hmac("another").toString("base64")} v1,${hmac(`msg_1.${at}.${body}`, key).toString("base64")}`,
});

type Case = readonly [what: string, path: string, body: string, headers: Readonly<Record<string, string>>];

const genuine: readonly Case[] = [
  ["GitHub", "github", github, { "x-github-event": "push", "x-hub-signature-256": `sha256=${hex(github)}` }],
  ["GitHub, in a form", "github", form(github), { ...formType, "x-hub-signature-256": `sha256=${hex(form(github))}` }],
  ["GitLab by token", "gitlab", gitlab, { "x-gitlab-event": "Push Hook", "x-gitlab-token": secret }],
  ["GitLab by signature", "gitlab", gitlab, standard(gitlab)],
  [
    "Gitea",
    "gitea",
    github,
    { "x-gitea-event": "push", "x-gitea-signature": hex(github), "x-hub-signature-256": "sha256=" },
  ],
  ["Gitea, in a form", "gitea", form(github), { ...formType, "x-gitea-signature": hex(github) }],
  ["Gitea by a fixed header", "gitea", github, { authorization: `Bearer ${secret}` }],
  ["Forgejo", "forgejo", github, { "x-forgejo-event": "push", "x-forgejo-signature": hex(github) }],
  ["Gogs", "gogs", github, { "x-gogs-event": "push", "x-gogs-signature": hex(github) }],
  ["Bitbucket Cloud", "bitbucket", cloud, { "x-event-key": "repo:push", "x-hub-signature": `sha256=${hex(cloud)}` }],
  [
    "Bitbucket Data Center",
    "bitbucket",
    center,
    { "x-event-key": "repo:refs_changed", "x-hub-signature": `sha256=${hex(center)}` },
  ],
  ["Azure DevOps", "azure-devops", azure, { authorization: basic(secret) }],
  ["anybody, with the secret in the path", `github/${secret}`, github, {}],
  ["a pipeline", "generic", JSON.stringify({ repository: url, ref }), { authorization: `Bearer ${secret}` }],
];

describe("a push of", () => {
  test.each(genuine)("%s has the repository looked at", async (_what, path, body, headers) => {
    const { hooks, pushes } = await serve();
    const answer = await hooks.send(`/hooks/${path}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    expect([answer.status, answer.json]).toEqual([202, { enqueued: [url] }]);
    expect(pushes[0]).toMatchObject({ ref });
    expect(pushes[0]?.repositories).toContain(url);
    expect(hooks.surface.reconciled).toEqual([]);
  });

  test.each<Case>([
    ["GitHub, with another body", "github", `${github} `, { "x-hub-signature-256": `sha256=${hex(github)}` }],
    ["GitHub, empty", "github", github, { "x-hub-signature-256": "sha256=" }],
    ["GitHub by SHA-1 alone", "github", github, { "x-hub-signature": "sha1=aaaa" }],
    ["GitLab with another token", "gitlab", gitlab, { "x-gitlab-token": "other" }],
    [
      "GitLab with a token and a wrong signature",
      "gitlab",
      gitlab,
      { ...standard(gitlab, "other"), "x-gitlab-token": secret },
    ],
    ["GitLab of yesterday", "gitlab", gitlab, standard(gitlab, secret, String(Number(now()) - 86_400))],
    ["Gitea by GitHub's signature", "gitea", github, { "x-hub-signature-256": `sha256=${hex(github)}` }],
    ["Gitea, empty", "gitea", github, { "x-gitea-signature": "" }],
    ["Gogs with another", "gogs", github, { "x-gogs-signature": hex("x") }],
    ["Bitbucket with a prefix of it", "bitbucket", cloud, { "x-hub-signature": `sha256=${hex(cloud).slice(0, 10)}` }],
    ["Azure DevOps with another word", "azure-devops", azure, { authorization: basic("other") }],
    ["nobody", "github", github, {}],
  ])("%s is refused", async (_what, path, body, headers) => {
    const { hooks, pushes } = await serve();
    const answer = await hooks.send(`/hooks/${path}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    expect([401, 404]).toContain(answer.status);
    expect(pushes).toEqual([]);
  });

  test("GitLab with a key of its own making is known by it", async () => {
    const key = Buffer.alloc(32, 7);
    const hooks = await serveHooks({ secrets: [new Secret(`whsec_${key.toString("base64")}`)] });
    const headers = { "content-type": "application/json", ...standard(gitlab, key) };
    expect((await hooks.send("/hooks/gitlab", { method: "POST", body: gitlab, headers })).status).toBe(200);
  });

  test("Bitbucket names every reference that it changes", async () => {
    const { hooks, pushes } = await serve();
    const headers = { "content-type": "application/json" };
    await hooks.send(`/hooks/bitbucket/${secret}`, { method: "POST", body: cloud, headers });
    expect(pushes.map((push) => push.ref)).toEqual([ref, "refs/tags/v1"]);
  });
});

describe("what concerns nothing here is a success", () => {
  test.each<Case>([
    ["a ping of GitHub", "github", JSON.stringify({ zen: "x" }), { "x-github-event": "ping" }],
    ["an issue", "github", JSON.stringify({ action: "opened" }), { "x-github-event": "issues" }],
    ["a pipeline of GitLab", "gitlab", JSON.stringify({ object_kind: "pipeline" }), {}],
    ["a test of Bitbucket", "bitbucket", JSON.stringify({ test: true }), { "x-event-key": "diagnostics:ping" }],
    ["a work item", "azure-devops", JSON.stringify({ eventType: "workitem.created" }), {}],
    ["another repository", "github", JSON.stringify({ ref, repository: { clone_url: "https://x.example/a.git" } }), {}],
    ["another branch", "generic", JSON.stringify({ repository: url, ref: "refs/heads/next" }), {}],
  ])("%s", async (_what, type, body, headers) => {
    const { hooks } = await serve();
    const answer = await hooks.send(`/hooks/${type}/${secret}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    expect([answer.status, typeof answer.json["reason"]]).toEqual([200, "string"]);
  });

  test.each([
    ["github", { ref: 7, repository: { clone_url: url } }],
    ["github", { ref }],
    ["gitlab", { project: [url] }],
    ["bitbucket", { push: { changes: "x" }, repository: { links: { html: { href: url } } } }],
    ["azure-devops", { resource: null }],
  ])("but a body of another shape is not: %s", async (type, body) => {
    const { hooks } = await serve();
    expect((await hooks.post(`/hooks/${type}/${secret}`, body)).status).toBe(400);
  });
});
