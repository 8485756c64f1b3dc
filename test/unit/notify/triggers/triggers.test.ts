import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FairleadError } from "../../../../src/errors.js";
import { openExchange } from "../../../../src/notify/exchange/exchange.js";
import type { Channel } from "../../../../src/notify/model/channel.js";
import { BegunOnDisk } from "../../../../src/notify/triggers/begun.js";
import { triggerSchema, type WrittenTriggers } from "../../../../src/notify/triggers/fields.js";
import { triggerSettingsOf } from "../../../../src/notify/triggers/settings.js";
import { triggersOf, type TriggerContext } from "../../../../src/notify/triggers/trigger.js";
import { Secret } from "../../../../src/tools/secret.js";
import { startVendor, type Manner } from "../exchange/vendor.js";
import { delivery, digest, rollout, sha } from "../words/samples.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fairlead-triggers-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const token = "glptt-0123456789abcdef";
const place = (key: string) => `s.yaml:1:1: trigger.${key}`;
const settings = (written: unknown) => triggerSettingsOf(triggerSchema.parse(written), place, ["hub"]);
const signal = () => AbortSignal.timeout(20_000);

interface Made {
  readonly channel: Channel;
  readonly warnings: string[];
}

function made(
  written: WrittenTriggers | object,
  { secretIn = () => new Secret(token), ...more }: Partial<TriggerContext> & { readonly secretIn?: () => Secret } = {},
): Made {
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => void warnings.push(text) };
  const [channel] = triggersOf(
    settings(written),
    secretIn,
  )({
    exchange: openExchange({ userAgent: "fairlead/1.2.3" }),
    begun: new BegunOnDisk(join(folder, "triggers"), log),
    digestOf: () => Promise.resolve(digest),
    now: () => 1_760_000_000_000,
    ...more,
  });
  if (channel === undefined) throw new Error("there is no trigger");
  return { channel, warnings };
}

const on = ["hook:hub", "promoted"];
const variables = { IMAGE: "{image}", TAG: "{tag}" };

/** What each vendor is asked, word for word. */
const goldens: readonly [name: string, written: object, request: object][] = [
  [
    "gitlab, by a trigger token",
    { gitlab: { project: "42", ref: "main", tokenFile: "/t", variables } },
    {
      path: "/api/v4/projects/42/trigger/pipeline",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `token=${token}&ref=main&variables%5BIMAGE%5D=getto%2Fpsycher%3A1.2.0&variables%5BTAG%5D=1.2.0`,
    },
  ],
  [
    "gitlab, by a token of the API",
    { sign: { type: "gitlab", project: "getto/psycher", ref: "main", apiTokenFile: "/t", variables } },
    {
      path: "/api/v4/projects/getto%2Fpsycher/pipeline",
      headers: { "content-type": "application/json", "private-token": token },
      body: {
        ref: "main",
        variables: [
          { key: "IMAGE", value: "getto/psycher:1.2.0" },
          { key: "TAG", value: "1.2.0" },
        ],
      },
    },
  ],
  [
    "github, by repository_dispatch",
    { github: { repository: "getto/psycher", tokenFile: "/t", variables: { tag: "{tag}" } } },
    {
      path: "/repos/getto/psycher/dispatches",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "fairlead/1.2.3",
      },
      body: { event_type: "fairlead", client_payload: { tag: "1.2.0" } },
    },
  ],
  [
    "github, by workflow_dispatch",
    { github: { repository: "getto/psycher", tokenFile: "/t", workflow: "sign.yml", ref: "main", variables } },
    {
      path: "/repos/getto/psycher/actions/workflows/sign.yml/dispatches",
      body: { ref: "main", inputs: { IMAGE: "getto/psycher:1.2.0", TAG: "1.2.0" } },
    },
  ],
  [
    "gitea",
    { gitea: { repository: "getto/psycher", tokenFile: "/t", workflow: "sign.yml", ref: "main", variables } },
    {
      path: "/api/v1/repos/getto/psycher/actions/workflows/sign.yml/dispatches",
      headers: { authorization: `token ${token}` },
      body: { ref: "main", inputs: { IMAGE: "getto/psycher:1.2.0", TAG: "1.2.0" } },
    },
  ],
  [
    "woodpecker",
    { woodpecker: { project: "7", tokenFile: "/t", ref: "main", variables } },
    {
      path: "/api/repos/7/pipelines",
      headers: { authorization: `Bearer ${token}` },
      body: { branch: "main", variables: { IMAGE: "getto/psycher:1.2.0", TAG: "1.2.0" } },
    },
  ],
  [
    "jenkins",
    { jenkins: { project: "images/sign", user: "ada", tokenFile: "/t", variables } },
    {
      path: "/job/images/job/sign/buildWithParameters",
      headers: { authorization: `Basic ${Buffer.from(`ada:${token}`).toString("base64")}` },
      body: "IMAGE=getto%2Fpsycher%3A1.2.0&TAG=1.2.0",
    },
  ],
  [
    "jenkins, a job without parameters",
    { jenkins: { project: "sign", user: "ada", tokenFile: "/t" } },
    { path: "/job/sign/build", body: "" },
  ],
  [
    "any other one",
    {
      ci: { type: "generic", method: "PUT", headers: { "X-Team": "a" }, tokenFile: "/t", body: { a: ["{event}", 1] } },
    },
    {
      method: "PUT",
      headers: { "x-team": "a", authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: { a: ["hook:hub", 1] },
    },
  ],
];

function withUrl(written: object, url: string): object {
  return Object.fromEntries(
    Object.entries(written).map(([name, one]: [string, object]) => [name, { url, on, ...one }]),
  );
}

describe("what a pipeline is begun by", () => {
  it.each(goldens)("%s", async (_name, written, request) => {
    const vendor = await startVendor({ status: 201, text: "{}" });
    const { channel } = made(withUrl(written, vendor.url));
    expect(await channel.deliver(delivery(), signal())).toMatchObject({ outcome: "delivered" });
    const [{ body, ...asked } = { body: "" }] = vendor.asked;
    const read: unknown = body.startsWith("{") ? JSON.parse(body) : body;
    expect({ method: "POST", ...asked, body: read }).toMatchObject(request);
  });

  it("carries strangers' words as values, and as nothing else", async () => {
    const tag = `x"&variables[EVIL]=1\n$(id)`;
    for (const [, written] of goldens.filter(([name]) => name !== "any other one")) {
      const vendor = await startVendor({ status: 201 });
      const { channel } = made(withUrl(written, vendor.url), { digestOf: () => Promise.reject(gone) });
      await channel.deliver(delivery({ tag }), signal());
      const { path = "", body = "" } = vendor.asked[0] ?? {};
      expect(path).not.toContain("EVIL");
      if (body.startsWith("{")) expect(Object.keys(JSON.parse(body) as object)).not.toContain("EVIL");
      else expect([...new URLSearchParams(body).keys()]).not.toContain("variables[EVIL]");
    }
  });
});

const gone = new FairleadError("ImageNotFound", "there is no such image", { retry: "never" });
const down = new FairleadError("RegistryUnavailable", "the registry is down", { retryAfterMs: 5_000 });

describe("what came of it", () => {
  it.each<readonly [string, readonly Manner[], object]>([
    ["accepted", [{ status: 204 }], { outcome: "delivered" }],
    ["too often", [{ status: 429, headers: { "retry-after": "7" } }], { outcome: "later", afterMs: 7_000 }],
    [
      "GitHub's way of too often",
      [{ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1760000060" } }],
      { outcome: "later", afterMs: 60_000 },
    ],
    ["GitHub's other way", [{ status: 403, headers: { "retry-after": "9" } }], { outcome: "later", afterMs: 9_000 }],
    [
      "no right",
      [{ status: 403 }],
      { outcome: "refused", why: expect.stringContaining("right to write contents") as string },
    ],
    [
      "no such thing",
      [{ status: 404 }],
      { outcome: "refused", why: expect.stringContaining("check `repository`") as string },
    ],
    ["a bad token", [{ status: 401, text: `{"message":"Bad credentials ${token}"}` }], { outcome: "refused" }],
    ["broken", [{ status: 502, text: "<html>" }], { outcome: "later" }],
    ["moved", [{ status: 301, headers: { location: "https://b.example/x" } }], { outcome: "refused" }],
  ])("%s", async (_name, manners, answer) => {
    const vendor = await startVendor(...manners);
    const { channel } = made(withUrl({ github: { repository: "a/b", tokenFile: "/t" } }, vendor.url));
    const given = await channel.deliver(delivery(), signal());
    expect(given).toMatchObject(answer);
    expect(JSON.stringify(given)).not.toContain(token);
  });
});

describe("a pipeline is begun once for a repository, tag and digest", () => {
  const psycher = (url: string) => ({
    gitlab: { url, project: "42", ref: "main", tokenFile: "/t", variables, on: ["hook:hub"], ignoreTags: ["latest"] },
  });

  it("however often it is delivered, also after a restart; a digest that has moved counts anew", async () => {
    const vendor = await startVendor({ status: 201 });
    const before = made(psycher(vendor.url)).channel;
    expect([delivery(), delivery({ tag: "latest" })].map((notice) => before.wants(notice))).toEqual([true, false]);
    for (let count = 0; count < 6; count++) {
      expect(await before.deliver({ ...delivery(), id: `n_${count}` }, signal())).toMatchObject({
        outcome: "delivered",
      });
    }
    await made(psycher(vendor.url)).channel.deliver(delivery(), signal());
    expect(vendor.asked).toHaveLength(1);
    const moved = made(psycher(vendor.url), { digestOf: () => Promise.resolve(`sha256:${"2".repeat(64)}`) });
    await moved.channel.deliver(delivery(), signal());
    await moved.channel.deliver(delivery({ tag: "1.3.0" }), signal());
    expect(vendor.asked).toHaveLength(3);
    await made(psycher(vendor.url)).channel.deliver(delivery(), signal());
    expect(vendor.asked).toHaveLength(3);
  });

  it("is not begun by a try that failed", async () => {
    const vendor = await startVendor({ status: 503 }, { status: 201 });
    const { channel } = made(psycher(vendor.url));
    expect(await channel.deliver(delivery(), signal())).toMatchObject({ outcome: "later" });
    expect(await channel.deliver(delivery(), signal())).toMatchObject({ outcome: "delivered" });
    expect(vendor.asked).toHaveLength(2);
  });

  it("waits for a registry that is down, and begins nothing", async () => {
    const vendor = await startVendor({ status: 201 });
    const { channel } = made(psycher(vendor.url), { digestOf: () => Promise.reject(down) });
    expect(await channel.deliver(delivery(), signal())).toEqual({
      outcome: "later",
      why: "the digest of docker.io/getto/psycher:1.2.0 is not known: the registry is down",
      afterMs: 5_000,
    });
    expect(vendor.asked).toHaveLength(0);
  });

  it("where nobody will ever say the digest, or which registry it is of, each delivery counts", async () => {
    const vendor = await startVendor({ status: 201 });
    const { channel } = made(psycher(vendor.url), { digestOf: () => Promise.reject(gone) });
    await channel.deliver(delivery(), signal());
    await channel.deliver(delivery(), signal());
    await made(psycher(vendor.url)).channel.deliver(delivery({ repository: "app" }), signal());
    await made(psycher(vendor.url)).channel.deliver(delivery({ repository: "app" }), signal());
    expect(vendor.asked).toHaveLength(4);
  });

  it("but for each rollout anew: going back to a digest is news", async () => {
    const vendor = await startVendor({ status: 201 });
    const { channel } = made(withUrl({ gitlab: { project: "42", ref: "main", tokenFile: "/t" } }, vendor.url));
    await channel.deliver(rollout(), signal());
    await channel.deliver(rollout("promoted", { id: "n_3" }), signal());
    expect(vendor.asked).toHaveLength(2);
  });

  it("keeps hashes alone, a bounded number, and goes on where it cannot", async () => {
    const vendor = await startVendor({ status: 201 });
    await made(psycher(vendor.url)).channel.deliver(delivery(), signal());
    const file = join(folder, "triggers", "gitlab");
    expect(readFileSync(file, "utf8")).toMatch(/^[\w-]{22}\n$/);
    const log = { warn: () => undefined };
    writeFileSync(
      file,
      `rubbish\n${Array.from({ length: 5_000 }, (_, n) => String(n).padStart(22, "0")).join("\n")}\n`,
    );
    const begun = new BegunOnDisk(join(folder, "triggers"), log);
    await begun.add("gitlab", "x");
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2_000);
    expect(await begun.has("gitlab", "x")).toBe(true);

    writeFileSync(join(folder, "file"), "");
    const warned: string[] = [];
    const nowhere = new BegunOnDisk(join(folder, "file", "x"), { warn: (_, text) => void warned.push(text) });
    await nowhere.add("gitlab", "x");
    expect(await nowhere.has("gitlab", "x")).toBe(true);
    expect(warned).toEqual([
      "what a trigger has begun cannot be read: it may begin it again",
      "what a trigger has begun cannot be kept: after a restart it may begin it again",
    ]);
  });
});

describe("what is written of a trigger", () => {
  const gitlab = { project: "42", ref: "main", tokenFile: "/t", on };

  it.each<readonly [object, RegExp]>([
    [{ sign: gitlab }, /trigger\.sign: nothing says what it begins/],
    [{ gitlb: gitlab }, /trigger\.gitlb: nothing says what it begins \(did you mean "gitlab"\?\)/],
    [{ gitlab: { on, ref: "main", tokenFile: "/t" } }, /trigger\.gitlab: there is no `project`/],
    [
      { gitlab: { ...gitlab, tokenFile: undefined } },
      /trigger\.gitlab: one of `tokenFile` and `apiTokenFile` is needed/,
    ],
    [
      { gitlab: { ...gitlab, apiTokenFile: "/t" } },
      /trigger\.gitlab\.apiTokenFile: tokenFile and apiTokenFile exclude each other/,
    ],
    [{ gitlab: { ...gitlab, workflow: "x" } }, /trigger\.gitlab\.workflow: gitlab has no use for it/],
    [{ gitlab: { ...gitlab, url: "http://gitlab.example.org" } }, /trigger\.gitlab\.url: its token would be sent/],
    [
      { gitlab: { ...gitlab, variables: { A: "{foo}" } } },
      /trigger\.gitlab\.variables\.A: there is no word for \{foo\}/,
    ],
    [
      { github: { on, repository: "a/b", tokenFile: "/t", workflow: "x" } },
      /trigger\.github\.workflow: there is no `ref`/,
    ],
    [{ github: { on, repository: "a/b", tokenFile: "/t", ref: "x" } }, /trigger\.github\.ref: without `workflow`/],
    [
      { github: { on, repository: "a/b", tokenFile: "/t", event: "x".repeat(101) } },
      /trigger\.github\.event: it is too long/,
    ],
    [
      {
        github: {
          on,
          repository: "a/b",
          tokenFile: "/t",
          variables: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`V${index}`, ""])),
        },
      },
      /trigger\.github\.variables: 11 variables are too many for github/,
    ],
    [
      { woodpecker: { on, url: "https://w.example", project: "a/b", ref: "main", tokenFile: "/t" } },
      /trigger\.woodpecker\.project/,
    ],
    [{ generic: { on } }, /trigger\.generic: one of `url` and `urlFile` is needed/],
    [{ generic: { on, url: "https://a.example", body: { a: "{b}" } } }, /trigger\.generic\.body\.a: there is no word/],
    [
      { generic: { on, url: "https://a.example", body: {}, variables: {} } },
      /trigger\.generic\.body: `variables` are the body/,
    ],
  ])("%j is refused", (written, words) => {
    expect(() => settings(written)).toThrow(words);
  });

  it("an address may be a secret as a whole", async () => {
    const vendor = await startVendor({ status: 500, text: "no" });
    const { channel } = made(
      { ci: { type: "generic", urlFile: "/u", on } },
      { secretIn: () => new Secret(`${vendor.url}/hidden-0123456789`) },
    );
    const answer = await channel.deliver(delivery(), signal());
    expect(vendor.asked[0]?.path).toBe("/hidden-0123456789");
    expect(JSON.stringify(answer)).not.toContain("hidden");
  });

  it("a file without a secret is told with the key's place", () => {
    const secretIn = () => {
      throw new FairleadError("ConfigInvalid", "the file /t holds no secret", { remedy: "write one into it" });
    };
    expect(() => made({ gitlab }, { secretIn })).toThrow(
      "s.yaml:1:1: trigger.gitlab.tokenFile: the file /t holds no secret",
    );
  });

  it("has a name that metrics and messages show", () => {
    expect(made({ gitlab }).channel.name).toBe("trigger/gitlab");
    expect(sha).toHaveLength(40);
  });
});
