import { isIpv4Address } from "./address.js";

/** Whether two address blocks, such as `10.1.0.0/16` and `10.1.2.0/24`, have an address in common. */
export function blocksOverlap(left: string, right: string): boolean {
  const [one, other] = [parseBlock(left), parseBlock(right)];
  if (one.bits !== other.bits) return false;
  const common = BigInt(one.bits - Math.min(one.length, other.length));
  return one.address >> common === other.address >> common;
}

interface Block {
  readonly address: bigint;
  /** Of the family's addresses: 32 or 128. */
  readonly bits: number;
  readonly length: number;
}

function parseBlock(text: string): Block {
  const [address = "", length = ""] = text.split("/");
  return isIpv4Address(address)
    ? { address: valueOf(address.split("."), 10, 8n), bits: 32, length: Number(length) }
    : { address: valueOf(groupsOf(address), 16, 16n), bits: 128, length: Number(length) };
}

/** The eight groups of an IPv6 address, `::` and a trailing IPv4 address spelt out. */
function groupsOf(address: string): readonly string[] {
  const plain = address.replace(/\d+\.\d+\.\d+\.\d+$/, (ipv4) => {
    const value = valueOf(ipv4.split("."), 10, 8n);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = [], tail = []] = plain.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => "0"), ...tail];
}

function valueOf(digits: readonly string[], base: 10 | 16, bits: bigint): bigint {
  return digits.reduce((value, digit) => (value << bits) + BigInt(parseInt(digit, base) || 0), 0n);
}
