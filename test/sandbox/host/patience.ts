/** How long a test waits for what has to come. No test is about it: a busy machine may take many times its usual time. */
export const patienceMs = 120_000;
