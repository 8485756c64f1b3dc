import type { GateState, ObservedRoute } from "../plan/model/host/observed.js";

type Row = Readonly<Record<string, string | undefined>>;

/** The server that a name stands for: of any other one a gate knows nothing. */
export const serverPattern = /^(?:slot|next|spare)[1-9]\d{0,3}$/;

/** `srv_admin_state` of `show servers state`. */
const closedByHand = 0x01 | 0x08;
const withoutName = 0x20;

/**
 * What a gate is, from the hash of its configuration, `show servers state` and `show stat`, as they come one after the
 * other. `now` is when they were asked for: HAProxy says how long ago something was.
 */
export function readState(output: string, now: number): GateState | undefined {
  const lines = output.split("\n");
  const [config = ""] = lines;
  const servers = table(lines, "# be_id ", " ");
  const stats = table(lines, "# pxname,", ",");
  if (!/^[0-9a-f]{16}$/.test(config) || servers.length === 0 || stats.length === 0) return undefined;
  const sessions = new Map(stats.map((row) => [`${row.pxname}/${row.svname}`, Number(row.scur)]));
  const parts = servers.flatMap((row) => part(row, sessions, now));
  const names = [...new Set(parts.map(({ server }) => server))];
  return { config, routes: names.map((name) => merge(parts.filter(({ server }) => server === name))) };
}

/** The servers of every section, after a command; what it answered itself stands before them. */
export function readServers(output: string): readonly ObservedRoute[] {
  return table(output.split("\n"), "# be_id ", " ").flatMap((row) => part(row, new Map(), 0));
}

/** One server in one section. */
function part(row: Row, sessions: ReadonlyMap<string, number>, now: number): readonly ObservedRoute[] {
  const { be_name: section, srv_name: server = "", srv_addr: written } = row;
  const admin = Number(row.srv_admin_state);
  if (!serverPattern.test(server)) return [];
  const open = (admin & closedByHand) === 0;
  const nowhere = written === undefined || written === "-" || written === "0.0.0.0" || (admin & withoutName) !== 0;
  return [
    {
      server,
      ...(nowhere ? {} : { address: written }),
      open,
      sessions: sessions.get(`${section}/${server}`) ?? 0,
      ...(open ? {} : { closedSince: now - 1000 * Number(row.srv_time_since_last_change) }),
    },
  ];
}

/** The same server in all sections: it gets work if it gets any, and leads somewhere only if all agree where. */
function merge(parts: readonly ObservedRoute[]): ObservedRoute {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("a server stands in no section");
  return others.reduce((one, other): ObservedRoute => {
    const { server, address, closedSince = 0 } = one;
    const open = one.open || other.open;
    return {
      server,
      ...(address === undefined || address !== other.address ? {} : { address }),
      open,
      sessions: one.sessions + other.sessions,
      ...(open ? {} : { closedSince: Math.max(closedSince, other.closedSince ?? 0) }),
    };
  }, first);
}

/** The rows of a table up to the next empty line, by the names in its head. */
function table(lines: readonly string[], head: string, separator: string): readonly Row[] {
  const start = lines.findIndex((line) => line.startsWith(head));
  if (start < 0) return [];
  const names = (lines[start] ?? "").replace(/^# /, "").split(separator);
  const end = lines.indexOf("", start);
  return lines.slice(start + 1, end < 0 ? undefined : end).map((line) => {
    const values = line.split(separator);
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  });
}
