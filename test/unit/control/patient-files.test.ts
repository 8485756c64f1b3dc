import { expect, it } from "vitest";
import { patientFiles } from "../../../src/control/patient-files.js";
import type { HostFile } from "../../../src/control/ports.js";
import { manualClock, settle } from "./clock.js";

const file: HostFile = { identity: "1:2", size: 3, modifiedAt: 4, changedAt: 5 };

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
  const files = { look: (path: string) => ask(path, file), contentOf: (path: string) => ask(path, "content") };
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
