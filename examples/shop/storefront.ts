// Service `storefront`: what customers talk to; calls `orders` and `stock`. One of its routes is slow.
import { setTimeout as sleep } from 'node:timers/promises';
import { call, serve } from './service.ts';

const ordersUrl = process.env.ORDERS_URL ?? '';
const stockUrl = process.env.STOCK_URL ?? '';

serve('storefront', {
  'GET /products/:name': async ({ name = '' }) => call('GET', `${stockUrl}/items/${name}`),
  'POST /checkout': async (_params, body) => call('POST', `${ordersUrl}/orders`, body),
  'GET /recommendations': async () => {
    await sleep(250 + Math.random() * 350);
    return { status: 200, body: ['lamp', 'teapot'] };
  },
});
