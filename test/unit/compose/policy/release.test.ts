import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { parseCron } from "../../../../src/compose/values/cron.js";
import { complaints, readService, serviceOf } from "../read.js";

const releaseOf = (lines: string, rest = "") => serviceOf(readService(`x-fairlead: ${lines}`, {}, rest)).release;

describe("when a rollout may begin", () => {
  it("is any time, where nothing is written", () => {
    expect(releaseOf("{keep: 2}")).toBeUndefined();
  });

  it("is read with its parts", () => {
    const lines = "{window: {cron: '0 2 * * sat', duration: 2h}, min_age: 24h, approve: true, paused: false}";
    expect(releaseOf(lines)).toEqual({
      window: { cron: "0 2 * * sat", durationMs: 7_200_000, timezone: "UTC" },
      minAgeMs: 86_400_000,
      approve: true,
      paused: false,
    });
  });

  it("says that images of what waits are not to come ahead", () => {
    const window = (more: string) => releaseOf(`{window: {cron: 0 2 * * *, duration: 1h${more}}}`)?.window;
    expect(window(", prefetch: false")).toMatchObject({ prefetch: false });
    expect(window(", prefetch: true")).toEqual(window(""));
  });

  it("has its defaults at the top level, key by key", () => {
    const rest =
      "x-fairlead: {min_age: 1h, approve: true, window: {cron: 0 2 * * *, duration: 1h, timezone: Europe/Oslo}}";
    expect(releaseOf("{min_age: '0', paused: true}", rest)).toEqual({
      window: { cron: "0 2 * * *", durationMs: 3_600_000, timezone: "Europe/Oslo" },
      minAgeMs: 0,
      approve: true,
      paused: true,
    });
    expect(serviceOf(readService("restart: always", {}, rest)).release?.approve).toBe(true);
  });

  it("makes no other container", () => {
    const bare = specHash(serviceOf(readService("restart: always")));
    expect(specHash(serviceOf(readService("restart: always\nx-fairlead: {min_age: 1h, paused: true}")))).toBe(bare);
  });

  it.each<[string, string]>([
    ["{window: {cron: 0 2 * * *}}", "`duration` is missing"],
    ["{window: {duration: 1h}}", "`cron` is missing"],
    ["{window: {cron: '* *', duration: 1h}}", '"* *" is not a cron expression of five fields'],
    ["{window: {cron: '@reboot', duration: 1h}}", "is not a cron expression of five fields"],
    ["{window: {cron: 0 25 * * *, duration: 1h}}", '"25" does not fit the field of the hour'],
    ["{window: {cron: 0 0 31 feb *, duration: 1h}}", "fits no day of any year"],
    ["{window: {cron: 0 2 * * *, duration: 59s}}", "must be at least 1m"],
    ["{window: {cron: 0 2 * * *, duration: 745h}}", "must be at most 744h"],
    ["{window: {cron: 0 2 * * *, duration: 1h, timezone: Europe/Olso}}", '"Europe/Olso" is not a time zone'],
    ["{window: {cron: 0 2 * * *, duration: 1h, timezone: '+02:00'}}", "is not a time zone"],
    ["{window: nightly}", "expected a mapping"],
    ["{min_age: 24}", "expected a duration"],
    ["{approve: yes please}", "is not true or false"],
  ])("%s is refused", (lines, message) => {
    expect(complaints(readService(`x-fairlead: ${lines}`)).join("\n")).toContain(message);
  });
});

describe("a cron expression", () => {
  const sorted = (numbers: ReadonlySet<number>) => [...numbers].sort((one, other) => one - other);

  it.each<[string, readonly number[]]>([
    ["*/15 0 1 1 0", [0, 15, 30, 45]],
    ["5,7-9 0 1 1 0", [5, 7, 8, 9]],
    ["10-20/5,3 0 1 1 0", [3, 10, 15, 20]],
  ])("%s: its minutes", (text, minutes) => {
    expect(sorted(parseCron(text).minutes)).toEqual(minutes);
  });

  it("has names for months and days, and two numbers for Sunday", () => {
    expect(sorted(parseCron("0 0 * Jan-mar SUN").months)).toEqual([1, 2, 3]);
    expect(sorted(parseCron("0 0 * * sun").weekdays)).toEqual([0]);
    expect(sorted(parseCron("0 0 * * 5-7").weekdays)).toEqual([0, 5, 6]);
    expect(parseCron("0 0 * * *").weekdays.size).toBe(7);
  });

  it("takes either kind of day where both are written", () => {
    expect(parseCron("0 0 13 * fri").eitherDay).toBe(true);
    expect(parseCron("0 0 13 * *").eitherDay).toBe(false);
    expect(parseCron("0 0 30 feb mon").eitherDay).toBe(true);
  });

  it.each([
    ["@yearly", "0 0 1 1 *"],
    ["@Monthly", "0 0 1 * *"],
    ["@weekly", "0 0 * * sun"],
    [" @daily ", "0 0 * * *"],
    ["@hourly", "0 * * * *"],
  ])("knows %s", (word, fields) => {
    expect(parseCron(word)).toEqual(parseCron(fields));
  });

  it.each([
    "60 * * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5/10 * * * *",
    "*/0 * * * *",
    "9-5 * * * *",
    "1-2-3 * * * *",
    "a * * * *",
    "* * * * * *",
    "? * * * *",
    ", * * * *",
    "0 0 L-29 2 *",
    "0 0 L * *",
    "0 0 30 2 *",
    "0 0 31 4,6,9,11 *",
    "@reboot",
    "",
  ])("is not %s", (text) => {
    expect(() => parseCron(text)).toThrow();
  });
});
