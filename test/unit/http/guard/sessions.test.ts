import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Session, Sessions, type SessionStore, sessionMs } from "../../../../src/http/guard/sessions.js";
import { Secret } from "../../../../src/tools/secret.js";

const tokens = { write: new Secret("w".repeat(24)), read: new Secret("r".repeat(24)) };

function kept(text?: string): SessionStore & { text: string | undefined } {
  const store = {
    text,
    load: () => Promise.resolve(store.text),
    save: (now: string) => {
      store.text = now;
      return Promise.resolve();
    },
  };
  return store;
}

/** What was asked to be kept is kept in its own time. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a session", () => {
  test("is found by its value, with the role of its token, until it is ended", () => {
    const sessions = Sessions.inMemory(tokens);
    const [writer, reader] = [sessions.begin("write").reveal(), sessions.begin("read").reveal()];
    expect([sessions.find(writer)?.role, sessions.find(reader)?.role]).toEqual(["write", "read"]);
    const { ended } = sessions.find(writer) as Session;
    sessions.end(writer);
    expect([sessions.find(writer), ended.aborted, sessions.find(reader)?.role]).toEqual([undefined, true, "read"]);
  });

  test("shows a value that is neither the token nor guessed", () => {
    const sessions = Sessions.inMemory(tokens);
    const values = new Set(Array.from({ length: 50 }, () => sessions.begin("write").reveal()));
    expect(values.size).toBe(50);
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
    fc.assert(fc.property(fc.string(), (value) => sessions.find(value) === undefined));
    expect(sessions.find(undefined)).toBeUndefined();
  });

  test("ends when its time is over", () => {
    const clock = { now: 0 };
    const sessions = Sessions.inMemory(tokens, () => clock.now);
    const value = sessions.begin("write").reveal();
    clock.now = sessionMs - 1;
    expect(sessions.find(value)).toBeDefined();
    clock.now = sessionMs;
    expect(sessions.find(value)).toBeUndefined();
    clock.now = 0;
    expect(sessions.find(value), "it is gone for good").toBeUndefined();
  });

  test("makes room for the newest where there are too many", () => {
    const sessions = Sessions.inMemory(tokens);
    const values = Array.from({ length: 70 }, () => sessions.begin("read").reveal());
    const open = values.filter((value) => sessions.find(value) !== undefined);
    expect(open).toEqual(values.slice(-64));
  });
});

describe("over a restart", () => {
  test("it goes on, as long as the token is the same", async () => {
    const store = kept();
    const before = await Sessions.open(tokens, store);
    const [writer, reader] = [before.begin("write").reveal(), before.begin("read").reveal()];
    await settled();
    const after = await Sessions.open({ ...tokens, read: new Secret("another") }, store);
    expect([after.find(writer)?.role, after.find(reader)]).toEqual(["write", undefined]);
    const without = await Sessions.open({ write: tokens.write }, store);
    expect(without.find(reader)).toBeUndefined();
    const changed = await Sessions.open({ write: new Secret("changed"), read: tokens.read }, store);
    expect(changed.find(writer)).toBeUndefined();
  });

  test("one that was ended stays so", async () => {
    const store = kept();
    const before = await Sessions.open(tokens, store);
    const value = before.begin("write").reveal();
    before.end(value);
    await settled();
    expect((await Sessions.open(tokens, store)).find(value)).toBeUndefined();
  });

  test("nothing that is kept opens anything, or tells of the token", async () => {
    const store = kept();
    const sessions = await Sessions.open(tokens, store);
    const value = sessions.begin("write").reveal();
    await settled();
    expect(store.text).not.toContain(value);
    expect(store.text).not.toContain(tokens.write.reveal());
    const { id, bond } = (JSON.parse(store.text ?? "") as { id: string; bond: string }[])[0]!;
    for (const text of [id, bond]) expect(sessions.find(text)).toBeUndefined();
  });

  test("a role that somebody has written into it counts for nothing", async () => {
    const store = kept();
    const sessions = await Sessions.open(tokens, store);
    const value = sessions.begin("read").reveal();
    await settled();
    const forged = kept(store.text?.replace('"read"', '"write"'));
    expect((await Sessions.open(tokens, forged)).find(value)).toBeUndefined();
  });

  test.each(["", "{", "null", "[1]", '[{"id": "x"}]', "[]"])("%j holds no session", async (text) => {
    const sessions = await Sessions.open(tokens, kept(text));
    expect(sessions.find("x")).toBeUndefined();
    expect(sessions.find(sessions.begin("write").reveal())).toBeDefined();
  });
});
