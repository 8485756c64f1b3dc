import fc from "fast-check";

/** The same examples every time, so that a mutant's fate does not hang on luck; fewer, as each mutant runs them anew. */
fc.configureGlobal({ seed: 20_240_229, numRuns: 20 });
