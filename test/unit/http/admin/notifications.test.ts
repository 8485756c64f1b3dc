import { describe, expect, test } from "vitest";
import { adminApp } from "../../../../src/http/admin/admin.js";
import type { Notifications, TestWish } from "../../../../src/notify/model/standing.js";
import { wrongAt } from "../../../../src/tools/placed.js";
import { memoryLog, serve } from "../harness.js";
import { fakeSurface } from "../surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };
const troubled = {
  ...{ name: "team", waiting: 3, dropped: 0, troubledSince: "2030-01-01T00:00:00.000Z" },
  lastError: { message: "ops.example answers 503", at: "2030-01-01T00:00:01.000Z" },
};

function serveTold() {
  const wishes: [string, TestWish][] = [];
  const notifications: Notifications = {
    standing: () => ({ channels: [troubled], durable: true }),
    test: (name, wish) => {
      wishes.push([name, wish]);
      const outcome = { kind: "held" as const, text: "a test", answer: { outcome: "delivered" as const } };
      if (wish.kind === "hook:nobody") return Promise.reject(wrongAt("event", "there is no such receiver", "name one"));
      return Promise.resolve(name === "nobody" ? undefined : outcome);
    },
  };
  const app = adminApp({ surface: fakeSurface(), notifications, metrics, log: memoryLog(), version: "1.2.3" });
  return { wishes, served: serve(app) };
}

describe("who is told", () => {
  test("is shown with what waits and what went wrong, in the API and on the page", async () => {
    const admin = await serveTold().served;
    expect((await admin.send("/api/v1/notifications")).json).toEqual({ channels: [troubled], durable: true });
    expect((await admin.send("/api/v1/services")).json).toMatchObject({
      notifications: { channels: [{ name: "team" }] },
    });
    // With its time as everywhere on the page, of which the script makes how long ago that was.
    expect((await admin.send("/")).text).toContain(
      'notify team: it cannot be told since <time datetime="2030-01-01T00:00:00.000Z">2030-01-01 00:00 UTC</time> (ops.example answers 503): 3 waiting',
    );
  });

  test("is told a sample", async () => {
    const { wishes, served } = serveTold();
    const admin = await served;
    const post = (path: string) => admin.send(`/api/v1/notifications/${path}`, { method: "POST" });
    expect((await post("team/test?event=held&dryRun=true")).json).toMatchObject({ text: "a test" });
    expect((await post("trigger%2Fci/test?event=hook:ci")).status).toBe(200);
    expect(wishes).toEqual([
      ["team", { kind: "held", dryRun: true }],
      ["trigger/ci", { kind: "hook:ci", dryRun: false }],
    ]);
    expect(await post("nobody/test")).toMatchObject({ status: 404, json: { remedy: "there are team" } });
    expect((await post("team/test?event=heldd")).status).toBe(400);
    expect(await post("team/test?event=hook:nobody")).toMatchObject({
      status: 400,
      json: { error: "event: there is no such receiver", remedy: "name one" },
    });
    expect((await admin.send("/api/v1/notifications/team/test")).status).toBe(405);
  });
});
