/**
 * The first cycle of a graph, in the order of its edges, with its first node repeated at the end: `[a, b, a]`.
 * Edges to unknown nodes lead nowhere.
 */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const start of edges.keys()) {
    const path: string[] = [];
    const pending: { readonly node: string; readonly depth: number }[] = [{ node: start, depth: 0 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const left of path.splice(next.depth)) finished.add(left);
      const begin = path.indexOf(next.node);
      if (begin >= 0) return [...path.slice(begin), next.node];
      if (finished.has(next.node)) continue;
      path.push(next.node);
      const depth = path.length;
      pending.push(...(edges.get(next.node) ?? []).map((node) => ({ node, depth })).reverse());
    }
    for (const left of path) finished.add(left);
  }
  return undefined;
}
