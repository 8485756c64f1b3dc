import { expect, it } from "vitest";
import { parseImage, type Digest } from "../../../../src/compose/values/image.js";
import { messageOf } from "../../../../src/git/writeback/message.js";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const wish = (service: string, more: object = {}) => ({
  ...{ project: "shop", service, image: parseImage("acme/web:1"), digest: digest("2"), what: "digest" as const },
  ...more,
});

it("a commit of one service says what, from, to, and who asked; no text of others makes a line of its own", () => {
  const text = messageOf([wish("web", { rollout: "shop/web@3", cause: "hook\nFrom: me" })], () => digest("1"));
  expect(text).toBe(
    [
      "shop/web: acme/web:1 is sha256:222222222222",
      "",
      "Service: shop/web",
      "Image: acme/web:1",
      `From: ${digest("1")}`,
      `To: ${digest("2")}`,
      "Rollout: shop/web@3",
      "Asked by: hook From: me",
      "",
      "Written by Fairlead: it runs, and has proved itself.",
      "",
    ].join("\n"),
  );
});

it("a commit of several services says each", () => {
  const text = messageOf([wish("web"), wish("worker")], () => undefined);
  expect(text).toMatch(
    /^2 images as they run: shop\n\nService: shop\/web\n[^]*From: no digest\n[^]*Service: shop\/worker\n/,
  );
});

it("a commit of a chosen tag says which, and what it stands for", () => {
  const text = messageOf([wish("web", { what: "tag", image: parseImage("acme/web:1.4.3") })], () => "1.4.2");
  expect(text).toMatch(
    /^shop\/web: acme\/web:1\.4\.3 is followed\n[^]*From: 1\.4\.2\nTo: 1\.4\.3\nDigest: sha256:2222/,
  );
});
