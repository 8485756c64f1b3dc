import { expect, it } from "vitest";
import { patientFiles } from "../../../../src/control/desired/patient-files.js";
import type { HostFile, HostFiles, HostFolder } from "../../../../src/control/ports/host-files.js";
import { manualClock, settle } from "../clock.js";

const file: HostFile = { kind: "file", identity: "1:2", size: 3, modifiedAt: 4, changedAt: 5 };

function hanging() {
  const [asked, waiting] = [[] as string[], [] as (() => void)[]];
  const state = { hangs: false };
  const ask = async <T>(path: string, answer: T): Promise<T> => {
    asked.push(path);
    if (state.hangs) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer;
  };
  const letGo = () => {
    state.hangs = false;
    for (const resume of waiting.splice(0)) resume();
  };
  const folder: HostFolder = { print: "one", changedAt: 6, content: () => ask("what is in it", "content") };
  const files: HostFiles = {
    look: (path) => ask(path, file),
    contentOf: (path) => ask(path, "content"),
    survey: (path) => ask(path, folder),
  };
  return { files, asked, state, letGo };
}

it("a disk that answers is asked as before, one question after the other", async () => {
  const [clock, { files, asked, state, letGo }] = [manualClock(), hanging()];
  const patient = patientFiles(files, clock);
  expect(await patient.look("/a")).toEqual(file);
  expect(await patient.contentOf("/a")).toBe("content");
  state.hangs = true;
  const both = Promise.all([patient.look("/b"), patient.look("/c")]);
  await clock.advance(900);
  expect(asked).toEqual(["/a", "/a", "/b"]);
  letGo();
  expect(await both).toEqual([file, file]);
  expect(clock.pending).toBe(0);
});

it("one that hangs is waited for once, however many ask, and asked again when it has answered", async () => {
  const [clock, { files, asked, state, letGo }] = [manualClock(), hanging()];
  const patient = patientFiles(files, clock);
  state.hangs = true;
  const all = Promise.all([patient.look("/nfs/a"), patient.look("/b"), patient.contentOf("/c")]);
  await clock.advance(1_000);
  expect(await all).toEqual([undefined, undefined, undefined]);
  expect(await patient.look("/b")).toBeUndefined();
  expect(asked).toEqual(["/nfs/a"]);
  letGo();
  await settle();
  expect(await patient.look("/b")).toEqual(file);
  expect(asked).toEqual(["/nfs/a", "/b"]);
});

it("so is what is in a folder", async () => {
  const [clock, { files, asked, state }] = [manualClock(), hanging()];
  const patient = patientFiles(files, clock);
  const folder = await patient.survey("/conf.d");
  if (typeof folder !== "object") throw new Error("it answers");
  expect([folder.print, await folder.content()]).toEqual(["one", "content"]);
  state.hangs = true;
  const content = folder.content();
  await clock.advance(1_000);
  expect(await content).toBeUndefined();
  expect(await patient.survey("/conf.d")).toBeUndefined();
  expect(asked).toEqual(["/conf.d", "what is in it", "what is in it"]);
});
