import { expect, it } from "vitest";
import { RefusedStarts } from "../../../../src/control/observed/refused-starts.js";
import { containerIn, now } from "../../plan/world.js";

const key = "shop/web";
const ended = (id: string) => containerIn("active", "a", 1, { id, state: "exited" });

it("refused starts are counted by container, since the engine was last away", () => {
  const refused = new RefusedStarts();
  for (const at of [0, 1, 2]) refused.note(key, "one", now + at);
  refused.note(key, "other", now + 2);
  const look = (since: number) => [...refused.look(key, [ended("one"), ended("other")], since)];
  expect(look(now)).toEqual([
    ["one", 3],
    ["other", 1],
  ]);
  expect(look(now + 1)).toEqual([
    ["one", 2],
    ["other", 1],
  ]);
  expect(look(now + 3)).toEqual([]);
  expect(look(0), "for good").toEqual([]);
});

it("refused starts of what runs, or is gone, are forgotten, and of a service whose turn it is not they stay", () => {
  const refused = new RefusedStarts();
  for (const id of ["runs", "gone", "one"]) refused.note(key, id, now);
  refused.note("shop/db", "two", now);
  expect([...refused.look(key, [containerIn("active", "a", 1, { id: "runs" }), ended("one")], 0)]).toEqual([
    ["one", 1],
  ]);
  expect([...refused.look(key, [ended("runs"), ended("gone")], 0)]).toEqual([]);
  expect([...refused.look("shop/db", [ended("two")], 0)]).toEqual([["two", 1]]);
  refused.forget("shop/db");
  expect([...refused.look("shop/db", [ended("two")], 0)]).toEqual([]);
});
