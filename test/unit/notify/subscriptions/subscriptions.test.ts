import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../../../src/config/config.js";
import type { Outgoing, Reply } from "../../../../src/notify/model/exchange.js";
import type { Notice } from "../../../../src/notify/model/notice.js";
import { sampleOf } from "../../../../src/notify/notices/samples.js";
import { noticeKinds } from "../../../../src/notify/model/notice.js";
import { filterOf, type WrittenFilter } from "../../../../src/notify/subscriptions/filter.js";
import { subscriptionChannels } from "../../../../src/notify/subscriptions/subscriptions.js";
import { Secret } from "../../../../src/tools/secret.js";
import { ownDirectory } from "../../control/journal/stage.js";
import { noticeOf } from "../stage.js";

const place = (key: string) => `fairlead.yaml:3:5: notify.team.${key}`;
const signal = new AbortController().signal;

function wants(written: Partial<WrittenFilter>): (more?: Partial<Notice>) => boolean {
  const filter = filterOf(written, { place, receivers: ["ci"] });
  return (more = {}) => filter(noticeOf("a", more));
}

describe("what a subscription is told", () => {
  it("is everything but that rollouts have begun and deliveries, where it chooses nothing", () => {
    const any = wants({});
    expect([any(), any({ kind: "engine" }), any({ kind: "started" }), any({ kind: "hook:ci" })]).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it("is of the events, projects, services, labels and severities that it names", () => {
    expect([wants({ on: ["hook:*"] })({ kind: "hook:ci" }), wants({ on: ["hook:ci"] })()]).toEqual([true, false]);
    expect(wants({ projects: ["sho*"] })()).toBe(true);
    expect(wants({ projects: ["other"] })()).toBe(false);
    expect(["shop/*", "web", "*/web", "db"].map((one) => wants({ services: [one] })())).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(wants({ labels: { tier: "fr*" } })({ labels: { tier: "front" } })).toBe(true);
    expect(wants({ labels: { tier: "fr*" } })()).toBe(false);
    expect([wants({ severity: "warning" })(), wants({ severity: "warning" })({ severity: "error" })]).toEqual([
      false,
      true,
    ]);
  });

  it("what concerns no single service, by its project, or in any case", () => {
    const { service: _service, ...ofProject } = noticeOf("a", { kind: "source" });
    const { project: _project, ...ofNothing } = ofProject;
    const filter = (written: Partial<WrittenFilter>) => filterOf(written, { place, receivers: [] });
    expect(filter({ services: ["shop/*"] })(ofProject)).toBe(true);
    expect(filter({ services: ["other/*"] })(ofProject)).toBe(false);
    expect(filter({ services: ["other/*"], labels: { a: "b" } })(ofNothing)).toBe(true);
  });

  it.each([
    [{ on: ["promotd"] }, 'notify.team.on.0: "promotd" is no event (did you mean "promoted"?)'],
    [{ on: ["hook:cii"] }, 'notify.team.on.0: there is no receiver "cii" (did you mean "ci"?)'],
    [{ services: ["/(/"] }, 'notify.team.services.0: "/(/" is no pattern'],
  ])("%j is one error with its place", (written, message) => {
    expect(() => wants(written)).toThrow(message);
  });
});

describe("the settings", () => {
  async function read(notify: object) {
    const directory = await ownDirectory();
    const file = `${directory}/fairlead.yaml`;
    await writeFile(file, JSON.stringify({ notify }, undefined, 1));
    return readConfig({ config: file }, {});
  }

  it.each([
    [{ team: { type: "slak" } }, /fairlead\.yaml:\d+:\d+: notify\.team\.type: it is none of .*webhook/],
    [{ team: {} }, /notify\.team.*it is missing, and should be one of .*webhook/],
    [{ team: { type: "webhook", urll: "x" } }, /notify\.team\.urll: unknown key.*url/],
    [{ team: { type: "webhook", on: "x" } }, /notify\.team\.on: it is a text, and should be a list/],
    [{ "bad name": { type: "webhook" } }, /notify/],
  ])("%j is an error with its place", async (notify, message) => {
    await expect(read(notify)).rejects.toThrow(message);
  });

  it("are read with their place", async () => {
    const { notify } = await read({ team: { type: "webhook", url: "https://ops.example" } });
    expect(notify.written["team"]).toEqual({ type: "webhook", url: "https://ops.example" });
    expect(notify.place("team.url")).toMatch(/fairlead\.yaml:\d+:\d+: notify\.team\.url$/);
  });
});

describe("a signed webhook", () => {
  const key = Buffer.from("a secret of thirty-two bytes ...");

  function open(written: object, answer: Partial<Reply> = {}) {
    const asked: Outgoing[] = [];
    const [channel] = subscriptionChannels(
      { team: { type: "webhook", url: "https://ops.example/hook", ...written } } as never,
      {
        place: (key) => `fairlead.yaml:3:5: notify.${key}`,
        exchange: (outgoing) => {
          asked.push(outgoing);
          return Promise.resolve({ status: 200, header: () => undefined, text: "", ...answer });
        },
        secretIn: (path) => {
          if (path === "/nowhere") throw new Error("there is no file /nowhere");
          return new Secret(path === "/run/key" ? `whsec_${key.toString("base64")}` : "https://secret.example/x");
        },
        receivers: [],
        now: () => 1_900_000_000_000,
      },
    );
    if (channel === undefined) throw new Error("there is none");
    return { channel, asked };
  }

  it("can be verified, is known by its id, and says nothing of labels", async () => {
    const { channel, asked } = open({ secretFile: "/run/key" });
    const notice = { ...sampleOf("promoted", 1_900_000_000_000), labels: { token: "t" } };
    expect(await channel.deliver(notice, signal)).toMatchObject({ outcome: "delivered" });
    const [{ headers, body = "" } = { headers: {} as Outgoing["headers"] }] = asked;
    const text = String(body);
    const hmac = createHmac("sha256", key).update(`${notice.id}.1900000000.${text}`).digest("base64");
    expect(headers).toMatchObject({ "webhook-id": notice.id, "webhook-timestamp": "1900000000" });
    expect(headers["webhook-signature"]).toBe(`v1,${hmac}`);
    expect(JSON.parse(text)).toMatchObject({
      type: "fairlead.promoted",
      data: { title: notice.title, at: "2030-03-17T17:46:40Z" },
    });
    expect(text).not.toContain("token");
  });

  it.each([
    [500, "later", ": no"],
    [429, "later", ": no"],
    [404, "refused", ": no"],
    [302, "refused", ", a redirect: write the address that it leads to"],
  ])("%i means %s", async (status, outcome, words) => {
    const { channel } = open({}, { status, text: "no" });
    expect(await channel.deliver(sampleOf("held", 1), signal)).toMatchObject({
      outcome,
      why: `ops.example answers ${status}${words}`,
    });
  });

  it("says what its template makes of a notice, and what it waits for", async () => {
    const { channel, asked } = open({
      template: "{{title}} at {{at}}",
      timeout: "3s",
      urlFile: "/run/url",
      url: undefined,
    });
    expect(channel.timeoutMs).toBe(3_000);
    await channel.deliver(sampleOf("engine", 0), signal);
    expect(JSON.parse(String(asked[0]?.body))).toMatchObject({
      data: {
        text: "a test: the engine cannot be reached, and nothing is done for the services at 1970-01-01T00:00:00.000Z",
      },
    });
  });

  it.each([
    [{ secretFile: "/nowhere" }, "notify.team.secretFile: there is no file /nowhere"],
    [{ url: undefined }, "notify.team.url: no address is named"],
    [{ url: "ftp://x" }, "notify.team.url: this is no http or https URL"],
    [{ timeout: "soon" }, "notify.team.timeout:"],
    [{ timeout: "1h" }, "notify.team.timeout: a try takes from 100ms to 5m"],
    [{ template: "{{titel}}" }, 'notify.team.template: no notice has a field "titel" (did you mean "title"?)'],
  ])("%j is an error with its place", (written, message) => {
    expect(() => open(written)).toThrow(message);
  });
});

describe("samples", () => {
  it.each([...noticeKinds, "hook:ci" as const])(
    "of %s are notices of that kind, and say that they are tests",
    (kind) => {
      const sample = sampleOf(kind, 5);
      expect(sample).toMatchObject({ kind, at: 5, title: expect.stringMatching(/^a test: /) as string });
      expect(sample.id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    },
  );
});
