// Array.fromAsync, which the type definitions of ES2024 do not have yet.

/** Everything an async iterable yields. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
