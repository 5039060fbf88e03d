// What the shop's customers do: mostly buying, sometimes waiting for the slow page, now and then a failing order.

export interface Traffic {
  readonly requests: number;
  readonly failed: number;
}

type Visit = readonly [method: string, path: string, body?: unknown];

const ROUND: readonly Visit[] = [
  ['GET', '/products/lamp'],
  ['POST', '/checkout', { item: 'lamp', cents: 4900 }],
  ['GET', '/products/teapot'],
  ['POST', '/checkout', { item: 'teapot', cents: 2250 }],
  ['GET', '/recommendations'],
  ['GET', '/products/unicorn'],
  ['POST', '/checkout', { item: 'cracked-teapot', cents: 150 }],
];

/** Sends `rounds` of visits to the storefront, a few at a time. */
export async function visitShop(storefrontUrl: string, rounds: number): Promise<Traffic> {
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(
      ROUND.map(([method, path, body]) =>
        fetch(`${storefrontUrl}${path}`, {
          method,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      ),
    );
    for (const answer of answers) {
      await answer.arrayBuffer();
      if (answer.status >= 500) failed++;
    }
  }
  return { requests: rounds * ROUND.length, failed };
}
