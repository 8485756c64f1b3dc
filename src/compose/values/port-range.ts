/** Inclusive, within 0 and 65535. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const highestPort = 65_535;

/** Undefined: nothing is written. Null: not a port or range. */
export function portRange(written: string | undefined): PortRange | null | undefined {
  if (written === undefined || written === "") return undefined;
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(written);
  if (parts === null) return null;
  const first = Number(parts[1]);
  const last = Number(parts[2] ?? parts[1]);
  return first <= last && last <= highestPort ? { first, last } : null;
}

export function lengthOf({ first, last }: PortRange): number {
  return last - first + 1;
}

export const protocols = ["tcp", "udp", "sctp"] as const;

/** In whatever case it is written. */
export function protocolOf(written: string): (typeof protocols)[number] | undefined {
  return protocols.find((known) => known === written.toLowerCase());
}
