/**
 * What node-cron needs of `Intl.DateTimeFormat`, for UTC alone: the build gives it this one in its place. Node would load
 * the calendars and zones of the whole world for it, 7 MB.
 */
export class UtcFormat {
  /** `timeZoneName`: only that is asked for. */
  constructor(
    _locale: string,
    private readonly options: { readonly timeZone?: string; readonly timeZoneName?: string } = {},
  ) {}

  formatToParts(date: Date): readonly { readonly type: string; readonly value: string }[] {
    if (this.options.timeZoneName !== undefined) return [{ type: "timeZoneName", value: "GMT" }];
    const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] =
      /^(.+)-(..)-(..)T(..):(..):(..)/.exec(date.toISOString()) ?? [];
    const weekday = weekdays[date.getUTCDay()] ?? "";
    return Object.entries({ weekday, month, day, year, hour, minute, second }).map(([type, value]) => ({
      type,
      value,
    }));
  }
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
