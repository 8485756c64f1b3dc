/** Of streams that are in order of time each, one that is. Holds one item of each. An item without a time comes at once. */
export async function* mergeByTime<T extends { readonly at?: string }>(
  streams: readonly AsyncIterable<T>[],
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = async (iterator: AsyncIterator<T>) => {
    const result = (await iterator.next()) as IteratorResult<T, undefined>;
    return result.done === true ? undefined : { iterator, item: result.value };
  };
  try {
    const opened = await Promise.all(iterators.map(next));
    const heads = opened.filter((head) => head !== undefined);
    for (;;) {
      const first = heads.reduce((found, { item }, index) => (isBefore(item, heads[found]?.item) ? index : found), 0);
      const head = heads[first];
      if (head === undefined) return;
      yield head.item;
      const following = await next(head.iterator);
      heads.splice(first, 1, ...(following === undefined ? [] : [following]));
    }
  } finally {
    await Promise.all(iterators.map(async (iterator) => iterator.return?.()));
  }
}

function isBefore(one: { readonly at?: string }, other: { readonly at?: string } | undefined): boolean {
  return (one.at ?? "") < (other?.at ?? "");
}
