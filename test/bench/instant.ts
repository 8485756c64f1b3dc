/** Epoch milliseconds with fractions, on the clock that an engine on the same machine also reads. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Of an engine's timestamp, such as `2030-01-01T00:00:00.123456789Z`: Date.parse would cut it to milliseconds. */
export function instantOf(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? "0";
  return Math.floor(Date.parse(timestamp) / 1000) * 1000 + Number(`0.${fraction}`) * 1000;
}
