// Service `orders`: takes an order, reserves stock, writes it down. Refuses cracked teapots with an exception.
import { metrics } from '@opentelemetry/api';
import { Database } from './database.ts';
import { call, serve } from './service.ts';

const stockUrl = process.env.STOCK_URL ?? '';
const database = new Database(
  'orders',
  'CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT, cents INTEGER);',
);
const meter = metrics.getMeter('shop');
const placed = meter.createCounter('shop.orders', { unit: '{order}', description: 'Orders taken' });
const value = meter.createHistogram('shop.order.value', { unit: 'EUR', description: 'Value of an order' });

class FragileItemError extends Error {
  override readonly name = 'FragileItemError';
}

function checkItem(item: string): void {
  if (item.startsWith('cracked-')) throw new FragileItemError(`${item} would not survive the post`);
}

serve('orders', {
  'POST /orders': async (_params, body) => {
    const { item, cents } = body as { item: string; cents: number };
    checkItem(item);
    const stock = await call('POST', `${stockUrl}/items/${item}/reservations`);
    if (stock.status !== 201) return { status: 409, body: { error: `${item} is not in stock` } };
    const rows = database.query('INSERT INTO orders (item, cents) VALUES (?, ?) RETURNING id', item, cents);
    placed.add(1, { item });
    value.record(cents / 100, { item });
    return { status: 201, body: { order: rows[0]?.id } };
  },
});
