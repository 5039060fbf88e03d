// Service `stock`: knows how many of each item are there.
import { Database } from './database.ts';
import { serve } from './service.ts';

const database = new Database(
  'stock',
  `CREATE TABLE items (name TEXT PRIMARY KEY, count INTEGER);
   INSERT INTO items VALUES ('lamp', 100000), ('teapot', 100000), ('cracked-teapot', 1);`,
);

serve('stock', {
  'GET /items/:name': async ({ name = '' }) => {
    const rows = database.query('SELECT name, count FROM items WHERE name = ?', name);
    return rows[0] === undefined
      ? { status: 404, body: { error: `no item ${name}` } }
      : { status: 200, body: rows[0] };
  },
  'POST /items/:name/reservations': async ({ name = '' }) => {
    database.query('UPDATE items SET count = count - 1 WHERE name = ? AND count > 0', name);
    return { status: 201, body: { reserved: name } };
  },
});
