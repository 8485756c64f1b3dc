import { expect, test } from "vitest";
import { secret, serveHooks } from "../harness.js";

const image = "registry.example/nobodys/app:1";

test("a delivery that was read says what it names, whether that concerns anybody or not; no other does", async () => {
  const hooks = await serveHooks();
  const answers = [
    await hooks.post(`/hooks/generic/${secret}`, { image }),
    await hooks.post("/hooks/generic/wrong", { image }),
    await hooks.post(`/hooks/generic/${secret}`, { nothing: 1 }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 400]);
  await expect.poll(() => hooks.surface.told.length).toBe(3);
  const named = { registry: "registry.example", repository: "nobodys/app", tag: "1" };
  expect(hooks.surface.told[0]).toMatchObject({ outcome: "ignored", isUnderstood: true, images: [named] });
  for (const other of hooks.surface.told.slice(1))
    expect([other.isUnderstood, other.images]).toEqual([undefined, undefined]);
});
