/** What a disk writes at once, or not at all. */
const block = 4096;

/**
 * Whether a file that was being overwritten, from its beginning on, holds some of the old and some of the new: no more than
 * one of its blocks is partly written.
 */
export function isTorn(is: Buffer, was: Buffer, next: Buffer): boolean {
  if (is.equals(was) || is.equals(next)) return false;
  if (is.length < Math.min(was.length, next.length) || is.length > Math.max(was.length, next.length)) return false;
  let partly = 0;
  for (let at = 0; at < is.length; at += block) {
    const here = is.subarray(at, at + block);
    const old = was.subarray(at, at + block);
    const fresh = next.subarray(at, at + block);
    if (begins(old, here) || begins(fresh, here)) continue;
    partly += 1;
    if (partly > 1 || !isPartly(here, old, fresh)) return false;
  }
  return true;
}

function begins(whole: Buffer, part: Buffer): boolean {
  return part.equals(whole.subarray(0, part.length));
}

/** As far as they are equal it is the new one, and from there on the old one. */
function isPartly(here: Buffer, old: Buffer, fresh: Buffer): boolean {
  let at = 0;
  while (at < here.length && here[at] === fresh[at]) at += 1;
  return here.subarray(at).equals(old.subarray(at, here.length));
}
