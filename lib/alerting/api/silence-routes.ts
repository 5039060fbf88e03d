// `/api/v2/silences` and `/api/v2/silence/{id}`.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { RetryableError } from '../../model/errors.ts';
import type { RecurringSilence } from '../config/recurring-silences.ts';
import { silenceState } from '../muting/silence.ts';
import type { SilenceRecord } from '../ports.ts';
import { readJson } from './json-body.ts';
import type { AlertmanagerPorts } from './ports.ts';
import { filtersOf, switchOf } from './query.ts';
import { answerQuery, badRequest, notFound, ok } from './responses.ts';
import { endedSilence, readPostedSilence, silenceWrites } from './silence-changes.ts';
import { recurringSilenceView, silenceView } from './views.ts';

/** Times that a change is made anew when another one was faster. */
const MAX_ROUNDS = 4;
/** What the API says of those that stand in the configuration. */
const CONFIGURED = 'configuration';
const STATE_ORDER = ['active', 'pending', 'expired'];

export function silenceRoutes({
  stores: { silences },
  rules,
  newId,
}: Pick<AlertmanagerPorts, 'stores' | 'newId' | 'rules'>): readonly ApiRoute[] {
  const recurring = rules.recurringSilences ?? [];
  const recurringOf = (id: string | undefined) => recurring.find(({ silence }) => silence.id === id);

  const list = answerQuery(async ({ query, now }) => {
    const filters = filtersOf(query);
    const wanted = STATE_ORDER.filter((state) => switchOf(query, state));
    const creators = query.getAll('creator');
    const isAsked = (state: string, by: string, sets: SilenceRecord['matcherSets']): boolean => {
      const values = new Map(sets.flat().map(({ name, value }) => [name, value]));
      return (
        wanted.includes(state) &&
        (creators.length === 0 || creators.includes(by)) &&
        filters.every(({ name, accepts }) => accepts(values.get(name) ?? ''))
      );
    };
    const found = (await silences.list()).filter((silence) =>
      isAsked(stateAt(silence, now), silence.createdBy, silence.matcherSets),
    );
    const standing = recurring.filter(({ silence }: RecurringSilence) =>
      isAsked(silenceState(silence, now), CONFIGURED, silence.matcherSets),
    );
    return ok([
      ...found.sort(inOrder(now)).map((silence) => silenceView(silence, now)),
      ...standing.map((one) => recurringSilenceView(one, CONFIGURED, now)),
    ]);
  });

  const post = async ({ body, caller, now }: ApiRequest): Promise<ApiResponse> => {
    const json = readJson(body);
    if (json.kind === 'bad') return badRequest(json.message);
    const posted = readPostedSilence(json.value, caller ?? '', now);
    if (typeof posted === 'string') return badRequest(posted);
    const fresh = newId();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const known = posted.id === '' ? undefined : await silences.get(posted.id);
      if (posted.id !== '' && known === undefined) return notFound('silence not found');
      const [first, second] = silenceWrites(posted, known, fresh, now);
      // The new one before the end of the old, so that nothing is told between the two.
      if ((await silences.put(first!)) === 'conflict') continue;
      if (second !== undefined) await end(second.id, now);
      return ok({ silenceID: first!.id });
    }
    throw busy();
  };

  const end = async (id: string, now: number): Promise<'ended' | 'notFound'> => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const known = await silences.get(id);
      if (known === undefined) return 'notFound';
      const ended = endedSilence(known, now);
      if (ended === undefined || (await silences.put(ended)) === 'saved') return 'ended';
    }
    throw busy();
  };

  const show = async ({ parameters, now }: ApiRequest): Promise<ApiResponse> => {
    const standing = recurringOf(parameters.id);
    if (standing !== undefined) return ok(recurringSilenceView(standing, CONFIGURED, now));
    const silence = await silences.get(parameters.id ?? '');
    return silence === undefined ? notFound('silence not found') : ok(silenceView(silence, now));
  };

  const expire = async ({ parameters, now }: ApiRequest): Promise<ApiResponse> => {
    const id = parameters.id ?? '';
    if (recurringOf(id) !== undefined)
      return badRequest(`${id} comes again: take it out of the configuration and deploy`);
    return (await end(id, now)) === 'ended' ? { status: 200 } : notFound('silence not found');
  };

  return [
    { method: 'GET', path: '/api/v2/silences', scope: 'alerts:read', handle: list },
    { method: 'POST', path: '/api/v2/silences', scope: 'silences:write', handle: post },
    { method: 'GET', path: '/api/v2/silence/:id', scope: 'alerts:read', handle: show },
    { method: 'DELETE', path: '/api/v2/silence/:id', scope: 'silences:write', handle: expire },
  ];
}

function busy(): RetryableError {
  return new RetryableError('conflict', 'others change this silence at the same time');
}

/** Active ones by their end, pending ones by their start, expired ones by the latest end. */
function inOrder(now: number): (left: SilenceRecord, right: SilenceRecord) => number {
  return (left, right) => {
    const [a, b] = [left, right].map((silence) => stateAt(silence, now)) as [string, string];
    if (a !== b) return STATE_ORDER.indexOf(a) - STATE_ORDER.indexOf(b);
    if (a === 'pending') return left.startsAt - right.startsAt;
    return a === 'active' ? left.endsAt - right.endsAt : right.endsAt - left.endsAt;
  };
}

function stateAt({ id, startsAt, endsAt }: SilenceRecord, now: number) {
  return silenceState({ id, matcherSets: [], startsAt, endsAt }, now);
}
