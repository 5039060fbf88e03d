// OpsItems by the SDK's commands: one that is open under the same string is not made again.
import {
  CreateOpsItemCommand,
  DescribeOpsItemsCommand,
  OpsItemAlreadyExistsException,
  type SSMClient,
  UpdateOpsItemCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { SsmOpsItems } from '../../lib/aws/ops-items.ts';
import type { OpsItem } from '../../lib/channels/ports.ts';

/** OpsCenter in a memory: the emulator has none. */
function opsCenter() {
  const items = new Map<string, Record<string, unknown>>();
  const dedupOf = (item: Record<string, unknown>) =>
    (item.OperationalData as Record<string, { Value: string }>)['/aws/dedup']!.Value;
  const openWith = (dedup: string) =>
    [...items].find(([, item]) => dedupOf(item) === dedup && item.Status !== 'Resolved')?.[0];
  const send = async (command: unknown) => {
    if (command instanceof CreateOpsItemCommand) {
      const input = command.input as unknown as Record<string, unknown>;
      const open = openWith(dedupOf(input));
      if (open !== undefined) {
        throw new OpsItemAlreadyExistsException({ message: 'it exists', OpsItemId: open, $metadata: {} });
      }
      const id = `oi-${items.size + 1}`;
      items.set(id, { ...input, Status: 'Open' });
      return { OpsItemId: id };
    }
    if (command instanceof UpdateOpsItemCommand) {
      const { OpsItemId, ...change } = command.input;
      const item = items.get(OpsItemId!);
      if (item === undefined)
        throw Object.assign(new Error('none'), {
          name: 'OpsItemNotFoundException',
          $metadata: { httpStatusCode: 400 },
        });
      Object.assign(item, change);
      return {};
    }
    if (command instanceof DescribeOpsItemsCommand) {
      const [data, status] = command.input.OpsItemFilters!;
      expect(status).toMatchObject({ Key: 'Status', Values: ['Open', 'InProgress'] });
      const { key, value } = JSON.parse(data!.Values![0]!);
      expect(key).toBe('/aws/dedup');
      const open = openWith(value);
      return { OpsItemSummaries: open === undefined ? [] : [{ OpsItemId: open }] };
    }
    throw new Error('another command');
  };
  return { items, port: new SsmOpsItems({ send } as unknown as SSMClient) };
}

const ITEM: OpsItem = {
  title: 'Checkout fails',
  description: 'for 12 % of customers',
  source: 'Tidewatch',
  severity: '1',
  priority: 1,
  dedupString: 'abc',
  data: { runbook: 'https://runbooks.example.com' },
};

test('an OpsItem is made once while it is open, found, resolved, and made anew', async () => {
  const { items, port } = opsCenter();
  expect(await port.create(ITEM)).toEqual({ id: 'oi-1', isNew: true });
  expect(await port.create(ITEM)).toEqual({ id: 'oi-1', isNew: false });
  expect(await port.find('abc')).toBe('oi-1');
  expect(await port.find('abd')).toBeUndefined();
  await port.update('oi-1', { description: 'over', status: 'Resolved' });
  expect(items.get('oi-1')).toMatchObject({ Description: 'over', Status: 'Resolved', Title: ITEM.title });
  expect(await port.find('abc')).toBeUndefined();
  expect(await port.create(ITEM)).toEqual({ id: 'oi-2', isNew: true });
  expect(items.get('oi-2')).toMatchObject({
    Severity: '1',
    OperationalData: {
      '/aws/dedup': { Type: 'SearchableString', Value: '{"dedupString":"abc"}' },
      runbook: { Type: 'SearchableString' },
    },
  });
});

test('what the service refuses is final', async () => {
  const { port } = opsCenter();
  await expect(port.update('oi-9', { title: 'x' })).rejects.toMatchObject({ reason: 'rejected' });
});
