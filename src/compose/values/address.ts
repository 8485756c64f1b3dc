const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** An IPv4 or IPv6 address as the engine takes it: without brackets, zone or prefix length. */
export function isIpAddress(text: string): boolean {
  return isIpv4Address(text) || isIpv6Address(text);
}

export function isIpv4Address(text: string): boolean {
  return ipv4.test(text);
}

export function isIpv6Address(text: string): boolean {
  const embedded = /:([\d.]+)$/.exec(text)?.[1];
  const mapped = embedded?.includes(".") === true;
  if (mapped && !ipv4.test(embedded)) return false;
  const plain = mapped ? `${text.slice(0, -embedded.length)}0:0` : text;
  const halves = plain.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
}
