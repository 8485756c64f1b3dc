import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { zoneOf } from "../../../../src/control/time/calendar.js";
import { UtcFormat } from "../../../../src/control/time/utc-format.js";

const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) });

it.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])(
  "the zone of the process is that of its name: %s",
  (name) => {
    const before = process.env["TZ"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    });
    process.env["TZ"] = name;
    const [own, named] = [zoneOf(undefined), zoneOf(name)];
    fc.assert(
      fc.property(instants, (instant) => {
        expect(own(instant)).toBe(named(instant));
      }),
    );
  },
);

it("what node-cron is given for UTC says what `Intl.DateTimeFormat` says", () => {
  const asked: Intl.DateTimeFormatOptions & { timeZone: string } = {
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    ...{ weekday: "short", hour12: false, timeZone: "UTC" },
  };
  const said = (parts: readonly { readonly type: string; readonly value: string }[]) =>
    Object.fromEntries(
      parts.flatMap(({ type, value }) =>
        type === "literal" ? [] : [[type, type === "hour" && value === "24" ? "00" : value]],
      ),
    ) as unknown;
  const [theirs, ours] = [new Intl.DateTimeFormat("en-US", asked), new UtcFormat("en-US", { timeZone: "UTC" })];
  fc.assert(
    fc.property(instants, (instant) => {
      const date = new Date(instant);
      expect(said(ours.formatToParts(date))).toEqual(said(theirs.formatToParts(date)));
    }),
  );
  const offset = { timeZone: "UTC", timeZoneName: "shortOffset" } as const;
  expect(new UtcFormat("en-US", offset).formatToParts(new Date(0))).toEqual([{ type: "timeZoneName", value: "GMT" }]);
});
