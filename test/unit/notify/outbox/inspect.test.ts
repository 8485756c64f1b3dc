import { expect, it } from "vitest";
import { inspectOutbox } from "../../../../src/notify/outbox/inspect.js";
import { type Line, lineText } from "../../../../src/notify/outbox/line.js";
import { SimulatedDisk } from "../../../simulator/disk.js";
import { data, noticeOf, openOutbox, receiverOf } from "../stage.js";

const file = `${data}/outbox/outbox.jsonl`;
const start = Date.UTC(2026, 0, 31);
const never = () => new Promise<never>(() => undefined);

const begun: Line = { type: "begun", channels: ["team", "ops"], seen: [], problems: [] };
const noted = (id: string, seconds: number, ...channels: string[]): Line => ({
  ...{ type: "noted", at: start + seconds * 1_000, notice: noticeOf(id), for: channels },
});
const done = (id: string, channel: string): Line => ({ type: "done", id, channel });

/** A disk with these texts as the lines of an outbox, as they are. */
async function written(...texts: readonly string[]) {
  const disk = new SimulatedDisk();
  await disk.makeDirectory(`${data}/outbox`);
  const opened = await disk.open(file);
  await opened.write(texts.join(""));
  await opened.close();
  return disk;
}

it("where nobody was ever to be told there is nothing to find", async () => {
  expect(await inspectOutbox(new SimulatedDisk(), data)).toBeUndefined();
});

it("counts what waits for each, as the outbox itself has written it", async () => {
  const disk = new SimulatedDisk();
  const [team, ops] = [receiverOf("team", { deliver: never }), receiverOf("ops")];
  const { outbox, clock } = await openOutbox([team, ops], { disk });
  for (const id of ["a", "b", "c"]) outbox.note(noticeOf(id));
  await clock.advance(100);
  expect(await inspectOutbox(disk, data)).toMatchObject({ file, lost: [], waiting: { team: 3, ops: 0 } });
});

it("takes what a new beginning says for all that came before", async () => {
  const lines = [begun, noted("a", 1, "team"), begun, noted("b", 2, "team", "ops"), done("b", "ops")];
  const found = await inspectOutbox(await written(...lines.map(lineText)), data);
  expect(found).toMatchObject({ lines: 5, lost: [], waiting: { team: 1, ops: 0 } });
});

it("tells what is lost by line, byte and time, and counts the rest", async () => {
  const [first, second, third] = [noted("a", 1, "team"), noted("b", 2, "team"), noted("c", 3, "team")].map(lineText);
  const head = lineText(begun);
  const spoilt = second!.replace('"b"', '"x"');
  const found = await inspectOutbox(await written(head, first!, spoilt, third!), data);
  expect(found).toMatchObject({ lines: 3, waiting: { team: 2 } });
  expect(found?.lost).toEqual([
    expect.objectContaining({
      ...{ what: "damaged", line: 3, lines: 1, byte: Buffer.byteLength(head + first!), bytes: spoilt.length },
      ...{ after: "2026-01-31T00:00:01.000Z", before: "2026-01-31T00:00:03.000Z" },
    }),
  ]);
});

it("tells a last line that is cut short from one that is damaged", async () => {
  const last = lineText(noted("b", 2, "team"));
  const disk = await written(lineText(begun), lineText(noted("a", 1, "team")), last.slice(0, -9));
  const found = await inspectOutbox(disk, data);
  expect(found).toMatchObject({ lines: 2, waiting: { team: 1 }, lost: [{ what: "torn", line: 3 }] });
});

it("an error of the disk is a finding, and no end of the look", async () => {
  const disk = await written(lineText(begun));
  disk.read = async function* () {
    await Promise.reject(new Error("EIO: i/o error, read"));
    yield Buffer.alloc(0);
  };
  expect(await inspectOutbox(disk, data)).toMatchObject({
    lost: [{ what: "unreadable", why: "EIO: i/o error, read" }],
  });
});
