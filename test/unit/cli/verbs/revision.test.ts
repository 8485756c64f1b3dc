import { expect, it } from "vitest";
import { revisionHistory } from "../../../../src/cli/verbs/releases/revision.js";
import type { Form } from "../../../../src/cli/shared/forms.js";
import type { RevisionHistory } from "../../../../src/control/surface/surface.js";
import { answering } from "./admin.js";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const failed: RevisionHistory = {
  ...{ revision: 2, active: false, from: digest("a"), to: digest("b"), image: "acme/web:1" },
  ...{ startedAt: "2026-01-31T12:00:00.000Z", finishedAt: "2026-01-31T12:00:09.000Z" },
  ...{ outcome: "rolled-back", reason: "DigestHeld", message: "Unhealthy: its health check fails\u001b[31m" },
  steps: [
    {
      ...{ text: "start shop-web-1.next (it is to serve)", kind: "start-container" },
      ...{ beganAt: "2026-01-31T12:00:01.000Z", endedAt: "2026-01-31T12:00:01.300Z" },
    },
    {
      ...{ text: "wait until it has been well for 5s", kind: "wait", message: "its health check fails" },
      ...{ beganAt: "2026-01-31T12:00:01.300Z", endedAt: "2026-01-31T12:00:08.000Z" },
    },
  ],
  moreSteps: 3,
  changes: [
    { field: "command[0]", from: "run", to: "serve" },
    { field: "user", to: "1000" },
  ],
};

async function shown(revision: number, form: Form = "table"): Promise<string> {
  const services = [{ project: "shop", service: "web", conditions: [] }];
  const { wiring, admin, printed } = await answering((url) => ({
    body: url.endsWith("/history") ? { revisions: [failed], paused: false, reloads: [], failures: [] } : { services },
  }));
  expect(await revisionHistory(wiring, admin, "web", { revision, form })).toBe(0);
  return printed();
}

it("shows one revision with its steps, their times, what failed, and what of the spec had changed", async () => {
  expect(await shown(2)).toBe(
    [
      "shop/web revision 2: rolled-back",
      "  image  acme/web:1",
      "  from   sha256:aaaaaaaaaaaa",
      "  to     sha256:bbbbbbbbbbbb",
      "  began  2026-01-31T12:00:00.000Z",
      "  ended  2026-01-31T12:00:09.000Z",
      "  reason Unhealthy: its health check fails",
      "  spec:",
      "    command[0]: run -> serve",
      "    user: -> 1000",
      "  steps:",
      "    2026-01-31T12:00:01.000Z   0.3s  start shop-web-1.next (it is to serve)",
      "    2026-01-31T12:00:01.300Z   6.7s  wait until it has been well for 5s: failed: its health check fails",
      "    3 steps in the middle are not known any more",
    ].join("\n"),
  );
});

it("is data where that is asked for", async () => {
  expect(JSON.parse(await shown(2, "json"))).toMatchObject({ project: "shop", revisions: [{ revision: 2 }] });
  expect(await shown(2, "name")).toBe("shop/web@2");
});

it("says that there is no such revision, and where those stand that there are", async () => {
  await expect(shown(7)).rejects.toMatchObject({
    code: "RevisionUnknown",
    remedy: "fairlead history shop/web lists those that are",
  });
});
