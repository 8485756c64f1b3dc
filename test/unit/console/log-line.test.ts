import { PassThrough } from "node:stream";
import pc from "picocolors";
import { expect, it } from "vitest";
import { lineFor } from "../../../src/console/log-line.js";
import { logForPeople } from "../../../src/console/log.js";

const plain = pc.createColors(false);
const time = new Date(2026, 0, 31, 9, 8, 7).toISOString();

it.each([
  [
    "a step with its cause",
    {
      level: "info",
      project: "shop",
      service: "web",
      reconcile: "7",
      step: "start-container",
      msg: "start shop-web-1 (its image is new)",
    },
    "09:08:07 shop/web       > start shop-web-1 (its image is new)",
  ],
  [
    "a state",
    { level: "info", project: "shop", service: "web", reason: "Converged", sync: "Synced", msg: "shop-web-1 runs it" },
    "09:08:07 shop/web       ✓ shop-web-1 runs it",
  ],
  [
    "what concerns no service",
    { level: "info", hooks: "0.0.0.0:8420", msg: "listening" },
    "09:08:07 -              · listening hooks=0.0.0.0:8420",
  ],
  [
    "trouble, with what to do",
    {
      level: "warn",
      error: "the engine cannot be reached (EACCES)",
      remedy: "join the group docker",
      msg: "waiting for it",
    },
    "09:08:07 -              ! waiting for it: the engine cannot be reached (EACCES); join the group docker",
  ],
  [
    "a container's last words",
    { level: "info", key: "shop/web", outcome: "rolled-back", msg: "rolled back", logs: ["one", "two"] },
    "09:08:07 shop/web       ✗ rolled back\n         | one\n         | two",
  ],
])("people are told of %s in a line", (_what, record, line) => {
  expect(lineFor({ time, ...record }, plain)).toBe(line);
});

it("the log for people has a line an event, and none of what only programs need", async () => {
  const out = new PassThrough();
  const log = await logForPeople("info", out);
  log.child({ project: "shop", service: "web", reconcile: "1" }).info({ step: "pull-image" }, "pull nginx (it is new)");
  log.debug({}, "not told");
  const text = (out.read() as Buffer).toString();
  expect(text.replace(/\u001b\[\d+m/g, "")).toMatch(/^\d\d:\d\d:\d\d shop\/web {7}> pull nginx \(it is new\)\n$/);
});
