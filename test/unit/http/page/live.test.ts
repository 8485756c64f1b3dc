import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Event } from "../../../../src/control/journal/event.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { fakeSurface, statusOf } from "../surface.js";
import { servePage } from "./served.js";

interface Message {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly id?: string; readonly html?: string };
}

async function stage(services: readonly ServiceStatus[]) {
  const state = { services };
  const news = new Readable({ objectMode: true, read: () => undefined });
  const surface = {
    ...fakeSurface({ events: ({ follow }) => (follow ? (news as AsyncIterable<Event>) : Readable.from([])) }),
    services: () => state.services,
    service: (key: string) => state.services.find(({ project, service }) => `${project}/${service}` === key),
  };
  const page = await servePage({ surface });
  const follow = async (path: string, seen: string) => {
    const end = new AbortController();
    onTestFinished(() => {
      end.abort();
    });
    const answer = await fetch(`${page.url}${path}&seen=${seen}`, { signal: end.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    return async (): Promise<Message> => {
      for (;;) {
        const [message, ...more] = rest.split("\n\n");
        if (more.length > 0 && message !== undefined) {
          rest = more.join("\n\n");
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1] ?? "";
          if (field("event") !== "") {
            return { event: field("event"), id: field("id"), data: JSON.parse(field("data")) as Message["data"] };
          }
          continue;
        }
        const { done, value = "" } = await reader.read();
        if (done) throw new Error(`it has ended: ${rest}`);
        rest += value;
      }
    };
  };
  const load = async (path: string) => {
    const { text } = await page.send(path);
    const [, live = "", version = ""] = /data-live="([^"]+)" data-version="([^"]+)"/.exec(text) ?? [];
    return { live: live.replaceAll("&#38;", "&"), version };
  };
  return { state, news, follow, load };
}

describe("what changes", () => {
  test("is told part by part, as soon as something happens", async () => {
    const { state, news, follow, load } = await stage([statusOf("a/b", "x:1"), statusOf("a/c", "x:1")]);
    const { live, version } = await load("/");
    const next = await follow(live, version);
    expect(await next()).toEqual({ event: "same", id: version, data: {} });
    state.services = [state.services[0]!, { ...statusOf("a/c", "x:1"), health: "Degraded" }];
    news.push({ type: "state" });
    const told = [await next(), await next()];
    expect(told.map(({ event, data }) => [event, data.id])).toEqual([
      ["part", "summary"],
      ["part", "s:a/c"],
    ]);
    expect(told[1]?.data.html).toContain("Degraded");
    expect(told[1]?.id).toBe((await load("/")).version);
  });

  test("is seen without an event too", async () => {
    const { state, follow, load } = await stage([statusOf("a/b", "x:1")]);
    const { live, version } = await load("/services/a/b");
    const next = await follow(live, version);
    expect((await next()).event).toBe("same");
    state.services = [{ ...state.services[0]!, sync: "Paused" }];
    expect((await next()).data.id).toBe("head");
  });

  test("in number is a reason to load all again, and so is another version than the one that is shown", async () => {
    const { state, follow, load } = await stage([statusOf("a/b", "x:1")]);
    const { live, version } = await load("/");
    const next = await follow(live, version);
    await next();
    state.services = [...state.services, statusOf("a/c", "x:1")];
    expect((await next()).event).toBe("page");
    expect(await (await follow(live, version))()).toMatchObject({ event: "page", id: (await load("/")).version });
  });

  test("of a service that is gone is that it is gone", async () => {
    const { state, follow, load } = await stage([statusOf("a/b", "x:1")]);
    const { live, version } = await load("/services/a/b");
    const next = await follow(live, version);
    await next();
    state.services = [];
    expect((await next()).event).toBe("page");
  });
});

test("nothing is followed where nothing changes", async () => {
  const page = await servePage();
  for (const at of ["/nowhere", "/services/shop/web/pause", "/sign-in"])
    expect([at, (await page.send(`/live?at=${encodeURIComponent(at)}`)).status]).toEqual([at, 404]);
});
