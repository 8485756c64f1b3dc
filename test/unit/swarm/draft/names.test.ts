import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clustered } from "../../../../src/compose/cluster/clustered.js";
import { Secret } from "../../../../src/tools/secret.js";
import { contentName, serviceName } from "../../../../src/swarm/draft/names.js";
import { digestOf } from "../../../digests.js";
import { specOf } from "../../plan/world.js";
import { drafted, stepOf } from "./drafted.js";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const key = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/);
const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));

describe("the name of a config or secret", () => {
  it("is one that a Swarm takes", () => {
    fc.assert(
      fc.property(name, key, bytes, (project, of, content) => {
        const found = contentName(project, of, content);
        expect(found).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/);
        expect(found.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it("is another one for another content, and for another key, however long", () => {
    fc.assert(
      fc.property(name, key, bytes, key, bytes, (project, one, content, other, changed) => {
        const isSame = one === other && content.equals(changed);
        expect(contentName(project, one, content) === contentName(project, other, changed)).toBe(isSame);
      }),
    );
    const long = "k".repeat(60);
    const empty = Buffer.alloc(0);
    expect(contentName("shop", `${long}1`, empty)).not.toBe(contentName("shop", `${long}2`, empty));
  });
});

describe("a secret of a service", () => {
  const file = (content: string) => ({
    origin: "secrets.token",
    path: "/run/secrets/token",
    content: new Secret(content),
    mode: 0o400,
    uid: 1,
    gid: 2,
  });

  it("has another name when it changes, and stands in no body", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const [before, after] = [one, other].map((text) => drafted(specOf({ files: [file(text)] })));
        expect(before?.secrets[0]?.content.toString()).toBe(one);
        expect(JSON.stringify(before?.body)).not.toContain(one);
        expect(before?.secrets[0]?.name === after?.secrets[0]?.name).toBe(one === other);
      }),
    );
  });

  it("may be bytes that are no text", () => {
    const content = Buffer.from([0, 255, 128]);
    const binary = { ...file(content.toString("base64")), isBase64: true as const };
    expect(drafted(specOf({ files: [binary] })).secrets[0]?.content).toEqual(content);
  });

  it("is stored once, though it is mounted twice", () => {
    const draft = drafted(specOf({ files: [file("a"), { ...file("a"), path: "/other" }] }));
    expect(draft.secrets).toHaveLength(1);
    expect(draft.body.TaskTemplate.ContainerSpec.Secrets).toHaveLength(2);
  });
});

describe("the name of a service", () => {
  const job = { phase: "before", index: 1, hash: "0123456789abcdef", timeoutMs: 1, target: digestOf("a") } as const;

  it("is its stack's, and of a job its own", () => {
    const step = stepOf(clustered(specOf()));
    expect(serviceName(step)).toBe("shop_web");
    expect(serviceName({ ...step, job })).toBe("shop_web-before-1-01234567");
    expect(serviceName({ ...step, job: { ...job, phase: "on_rollback" } })).toBe("shop_web-on_rollback-1-01234567");
  });

  it("is never too long for a Swarm", () => {
    const names = ["a", "b"].map((end) => serviceName({ spec: specOf({ name: `${"w".repeat(57)}${end}` }), job }));
    for (const each of names) expect(each).toMatch(/^[a-zA-Z0-9](?:[-_]*[a-zA-Z0-9]+)*$/);
    expect(names.map(({ length }) => length <= 63)).toEqual([true, true]);
    expect(new Set(names).size).toBe(2);
  });
});
