/*
 * What of a history can be said for certain where only its newest part is here: pure, no git.
 */

/** The commits that are here, each with the parents that it has here. */
export type Graph = ReadonlyMap<string, readonly string[]>;

export interface History {
  readonly graph: Graph;
  /** Those of which further parents are not here. */
  readonly cut: ReadonlySet<string>;
}

/** Nobody waits for longer than this takes. */
const mostSteps = 2_000_000;

export type Passage =
  /** `certain`: they came after `before`, up to and with `commit`. `isAll`: there are no others. */
  | { readonly kind: "passed"; readonly certain: ReadonlySet<string>; readonly isAll: boolean }
  /** The commit is not here. */
  | { readonly kind: "unknown" }
  /** `before` is further back than what is here, or was never an ancestor. */
  | { readonly kind: "beyond" }
  /** All of the commit's history is here, and `before` is not in it. */
  | { readonly kind: "rewritten" };

/**
 * What came from `before` on up to `commit`. Where the history is cut, an old branch that was merged lately looks like news:
 * it may have been an ancestor of `before` by a way that is not here. Only what cannot have been counts as certain.
 */
export function passageIn({ graph, cut }: History, before: string, commit: string): Passage {
  if (!graph.has(commit)) return { kind: "unknown" };
  const after = ancestorsIn(graph, commit);
  const ends = [...after].filter((id) => cut.has(id));
  if (!after.has(before)) return { kind: ends.length === 0 ? "rewritten" : "beyond" };
  const known = ancestorsIn(graph, before);
  const news = [...after].filter((id) => !known.has(id));
  const children = childrenIn(graph, after);
  const below = (id: string) => reached(id, (one) => children.get(one) ?? []);
  const later = below(before);
  const bottoms = [...known].filter((id) => cut.has(id));
  const isQuick = bottoms.length * after.size <= mostSteps;
  const others = news.some((id) => !later.has(id)) && isQuick ? bottoms.map(below) : undefined;
  // What comes after `before`, or after all that its history ends with here, cannot come before it as well.
  const isCertain = (id: string) => later.has(id) || others?.every((those) => those.has(id)) === true;
  const certain = new Set(news.filter((id) => !cut.has(id) && isCertain(id)));
  return { kind: "passed", certain, isAll: certain.size === news.length };
}

/** With the commit itself. */
function ancestorsIn(graph: Graph, commit: string): ReadonlySet<string> {
  return reached(commit, (id) => graph.get(id) ?? []);
}

function childrenIn(graph: Graph, within: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const id of within) {
    for (const parent of graph.get(id) ?? []) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [id]);
      else known.push(id);
    }
  }
  return children;
}

function reached(from: string, next: (id: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set([from]);
  // A set is gone through in the order in which it grows.
  for (const id of found) for (const one of next(id)) found.add(one);
  return found;
}
