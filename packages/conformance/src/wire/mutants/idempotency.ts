import { both, from, header, sent, status, text, where } from './change.ts';
import { headerOf, type Request } from './message.ts';
import { gives, type Mutant, type Mutants, takes } from './mutant.ts';

/** The name under which a key is kept, changed. */
const key =
  (change: (key: string) => string) =>
  (request: Request): Request => {
    const before = headerOf(request, 'idempotency-key');
    return before === undefined ? request : sent('idempotency-key', change(before))(request);
  };

/** Refuses one twin, and does not tell it when to come back. */
const impatient: Mutant = {
  does: 'tells twins not when to come back',
  start: () => {
    let turn = 0;
    return {
      gives(answer, request) {
        const isReplay = headerOf(answer, 'idempotency-replayed') === 'true';
        return isReplay && turn++ === 0 ? inProgress(answer, request) : answer;
      },
    };
  },
};

const inProgress = both(status(409), header('content-type', 'application/problem+json'), (answer) => ({
  ...answer,
  body: JSON.stringify({
    type: '/problems/idempotency-in-progress',
    title: 'Wait',
    status: 409,
    detail: 'Wait.',
    instance: '/api/v1/tasks',
    code: 'idempotency-in-progress',
    requestId: headerOf(answer, 'x-request-id'),
  }),
}));

export const idempotency: Mutants = {
  'fifty at once with one key are one task': [
    takes('knows no keys', sent('idempotency-key')),
    gives('does not tell a replay', header('idempotency-replayed')),
    impatient,
  ],
  'a key belongs to one body': [
    takes(
      'looks at the key alone',
      from(/^POST \/api\/v1\/tasks/, (request) =>
        request.body.includes('Something else')
          ? { ...request, body: request.body.replace('Something else', 'Do it') }
          : request,
      ),
    ),
    gives('says 409', where(422, status(409))),
  ],
  'a replay is the first answer': [
    takes('knows no keys', sent('idempotency-key')),
    takes(
      'minds the quotes',
      key((before) => before.replaceAll('"', 'q')),
    ),
    gives('does not tell a replay', header('idempotency-replayed')),
    gives('replays with 200', (answer, request) =>
      headerOf(answer, 'idempotency-replayed') === 'true' ? status(200)(answer, request) : answer,
    ),
    gives('forgets where it is', (answer, request) =>
      headerOf(answer, 'idempotency-replayed') === 'true' ? header('location')(answer, request) : answer,
    ),
  ],
  'a refusal is not kept': [
    {
      does: 'keeps refusals',
      start: () => {
        const refused = new Set<string>();
        return {
          gives(answer, request) {
            const used = headerOf(request, 'idempotency-key');
            if (used === undefined) return answer;
            if (answer.status === 400) refused.add(used);
            return refused.has(used) ? { ...answer, status: 400 } : answer;
          },
        };
      },
    },
    gives('calls every answer a replay', header('idempotency-replayed', 'true')),
  ],
  'a key is scoped by its route': [
    {
      does: 'has one list of keys for all routes',
      start: () => {
        const used = new Map<string, string>();
        return {
          gives(answer, request) {
            const name = headerOf(request, 'idempotency-key');
            if (name === undefined) return answer;
            const first = used.get(name) ?? request.target;
            used.set(name, first);
            return first === request.target ? answer : { ...answer, status: 422 };
          },
        };
      },
    },
  ],
  'a key that is none is refused by name': [
    takes(
      'takes any key',
      key(() => 'x'),
    ),
    takes(
      'takes keys of any length',
      key((before) => before.slice(0, 255)),
    ),
    gives(
      'does not say what is wrong',
      text((words) => words.replaceAll('idempotency-key', 'body')),
    ),
  ],
  'every POST takes a key': [
    takes('knows keys on launches only', from(/\/stop/, sent('idempotency-key'))),
    gives('does not tell a replay', header('idempotency-replayed')),
  ],
  'a replay outlives what it made': [
    takes('knows no keys', sent('idempotency-key')),
    gives('replays only what is still there', (answer, request) =>
      headerOf(answer, 'idempotency-replayed') === 'true' ? status(404)(answer, request) : answer,
    ),
  ],
};
