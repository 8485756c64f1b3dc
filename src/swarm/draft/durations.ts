/** From milliseconds. */
export function nanoseconds(milliseconds: number): number;
export function nanoseconds(milliseconds: number | undefined): number | undefined;
export function nanoseconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds * 1e6;
}
