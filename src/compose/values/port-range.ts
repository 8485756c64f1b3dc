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

/** Why texts, of which one is not a port or range, are none, to be said after what they are not; empty where that says it all. */
export function whyNoPorts(...written: readonly (string | undefined)[]): string {
  for (const one of written) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(one ?? "") ?? [];
    if (Number(first) > highestPort || Number(last) > highestPort) return `: the highest port is ${highestPort}`;
    if (Number(first) > Number(last)) return ": the range runs backwards";
  }
  return "";
}

export function lengthOf({ first, last }: PortRange): number {
  return last - first + 1;
}

export const protocols = ["tcp", "udp", "sctp"] as const;

/** In whatever case it is written. */
export function protocolOf(written: string): (typeof protocols)[number] | undefined {
  return protocols.find((known) => known === written.toLowerCase());
}
