import type { Clock } from "../ports/clock.js";

/** Undefined: the answer takes longer; `onLate` gets it then. The answer must not reject. */
export function inTime<T>(
  answer: Promise<T>,
  clock: Clock,
  ms: number,
  onLate: (answer: T) => void,
): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => {
    const cancel = clock.after(ms, () => {
      resolve(undefined);
      void answer.then(onLate);
    });
    void answer.finally(cancel);
  });
  return Promise.race([answer, late]);
}
