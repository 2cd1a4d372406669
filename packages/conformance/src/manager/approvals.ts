import type { ApprovalPolicyInput, CreateTask } from '@agent-harbor/api-contract/schemas';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** Launches an agent that asks. */
const asks = async (bench: Bench, approvals?: ApprovalPolicyInput, members: Partial<CreateTask> = {}) =>
  (await bench.launch({ agents: [bench.agent('asks')], approvals, ...members })).id;

/** Waits for the request number `count` of a session and gives its id. */
const request = async (bench: Bench, id: string, count = 1): Promise<string> => {
  let left = count;
  const items = await bench.readUntil(
    id,
    ({ event }) => event.type === 'approval' && event.state === 'requested' && --left === 0,
  );
  const event = eventsOf(items).at(-1);
  return event?.type === 'approval' ? event.approvalId : '';
};

const open = async (bench: Bench, sessionId: string) =>
  (await bench.settle(bench.manager.listApprovals({ sessionId, state: 'requested' }))).items;

/** What became of the requests of a session, the first one first. */
const outcomes = async (bench: Bench, sessionId: string) => {
  const { items } = await bench.settle(bench.manager.listApprovals({ sessionId }));
  return items.reverse().map(({ state, outcome }) => [state, outcome]);
};

const isAsked: ApprovalPolicyInput = { default: 'ask', rules: [] };

export const approvals = [
  check(
    'an agent that asks waits for its answer',
    'each request is listed until it is answered; then the agent goes on',
    async (bench) => {
      const { manager } = bench;
      const id = await asks(bench, isAsked);
      const first = await request(bench, id);
      const [listed, ...others] = await open(bench, id);
      same([listed?.id, listed?.sessionId, others], [first, id, []], 'the open request');
      holds(present(listed, 'the request').title !== '', 'it has no title');
      const kinds = present(listed, 'the request').options.map(({ kind }) => kind);
      holds(
        kinds.includes('allow_once') && kinds.includes('reject_once'),
        `the options are ${kinds.join(', ')}`,
      );
      holds(
        present(listed?.expiresAt, 'expiresAt') > present(listed?.requestedAt, 'requestedAt'),
        'it is over',
      );

      const allowed = await bench.settle(
        manager.answerApproval(id, first, { outcome: 'allowed', note: 'this once' }),
      );
      same(
        [allowed.state, allowed.outcome, allowed.note],
        ['answered', 'allowed', 'this once'],
        'the answer',
      );
      holds(present(allowed.by, 'by') !== '' && allowed.by !== 'policy', `answered by ${allowed.by}`);
      present(allowed.settledAt, 'settledAt');

      const second = await request(bench, id, 2);
      const reject = (await open(bench, id))[0]?.options.find(({ kind }) => kind === 'reject_once');
      const { optionId } = present(reject, 'an option to reject');
      const denied = await bench.settle(manager.answerApproval(id, second, { optionId }));
      same([denied.outcome, denied.optionId], ['denied', optionId], 'the answer by an option');
      const told = eventsOf(await bench.read(id)).flatMap((event) =>
        event.type === 'approval' ? [[event.approvalId, event.state]] : [],
      );
      same(
        told,
        [
          [first, 'requested'],
          [first, 'answered'],
          [second, 'requested'],
          [second, 'answered'],
        ],
        'what the log says of it',
      );
      same((await manager.getSession(id)).status, 'completed', 'status');
      same((await manager.listApprovals({ sessionId: id })).items, [denied, allowed], 'all requests');
    },
  ),

  check('the first answer counts', 'later ones are told that it is settled', async (bench) => {
    const { manager } = bench;
    const id = await asks(bench, isAsked);
    const approvalId = await request(bench, id);
    const answer = (outcome: 'allowed' | 'denied') => manager.answerApproval(id, approvalId, { outcome });
    const answers = await bench.settle(
      Promise.allSettled([answer('allowed'), answer('denied'), answer('allowed'), answer('denied')]),
    );
    const taken = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    same(taken.length, 1, 'how many answers were taken');
    for (const each of answers) {
      if (each.status === 'rejected')
        await rejectsWith('wrong-state', Promise.reject(each.reason), 'a later one');
    }
    await rejectsWith('wrong-state', bench.settle(answer('denied')), 'one more');
    const { items } = await manager.listApprovals({ sessionId: id, state: 'answered' });
    same(items, taken, 'what is listed');
  }),

  check('a key makes an answer once', 'repeated, it gives what it gave', async (bench) => {
    const id = await asks(bench, isAsked);
    const approvalId = await request(bench, id);
    const options = { idempotencyKey: `answer-${id}` };
    const answer = () => bench.manager.answerApproval(id, approvalId, { outcome: 'denied' }, options);
    const first = await bench.settle(answer());
    same(await bench.settle(answer()), first, 'the second answer');
  }),

  check(
    'what was not asked cannot be answered',
    'unknown requests and options are refused',
    async (bench) => {
      const { manager } = bench;
      const yes = { outcome: 'allowed' } as const;
      const id = await asks(bench, isAsked);
      const approvalId = await request(bench, id);
      for (const unknown of ['nothing', '', '.', 'a/b', '%2e', 'ünïcode']) {
        const call = bench.settle(manager.answerApproval(id, unknown, yes));
        await rejectsWith('approval-not-found', call, JSON.stringify(unknown));
      }
      const other = manager.answerApproval(id, approvalId, { optionId: 'not-offered' });
      await rejectsWith('invalid-request', bench.settle(other), 'an option nobody offered');
      for (const unknown of unknownIds) {
        const what = JSON.stringify(unknown);
        const call = bench.settle(manager.answerApproval(unknown, approvalId, yes));
        await rejectsWith('session-not-found', call, what);
        const list = bench.settle(manager.listApprovals({ sessionId: unknown }));
        await rejectsWith('session-not-found', list, what);
      }
      same((await open(bench, id)).length, 1, 'open requests');
    },
  ),

  check('requests of all sessions are one list', 'the newest first, page by page', async (bench) => {
    const { manager } = bench;
    const ids: string[] = [];
    for (let session = 0; session < 2; session++) {
      const id = await asks(bench, isAsked);
      await request(bench, id);
      ids.unshift(id);
    }
    const own: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await bench.settle(manager.listApprovals({ state: 'requested', perPage: 1, cursor }));
      own.push(...page.items.map(({ sessionId }) => sessionId).filter((id) => ids.includes(id)));
      cursor = page.nextCursor;
    }
    same(own, ids, 'the sessions that ask');
  }),

  check('the policy answers by itself', 'by default, and by the last rule that holds', async (bench) => {
    const rules = [
      { tool: '*', decision: 'allow' },
      { tool: 'remove', decision: 'deny' },
    ] as const;
    const cases: readonly (readonly [ApprovalPolicyInput, readonly string[]])[] = [
      [{ default: 'allow' }, ['allowed', 'allowed']],
      [{ default: 'deny' }, ['denied', 'denied']],
      [{ default: 'ask', rules: [...rules] }, ['allowed', 'denied']],
    ];
    for (const [policy, expected] of cases) {
      const id = await asks(bench, policy);
      await bench.read(id);
      const { items } = await bench.manager.listApprovals({ sessionId: id });
      const settled = items.reverse().map(({ state, outcome, by }) => [state, outcome, by]);
      const answered = expected.map((outcome) => ['answered', outcome, 'policy']);
      same(settled, answered, JSON.stringify(policy));
      same((await bench.manager.getSession(id)).status, 'completed', 'status');
    }
  }),

  check('a request nobody answers expires', 'to what the policy says', async (bench) => {
    for (const [onExpiry, outcome] of [
      ['deny', 'denied'],
      ['allow', 'allowed'],
    ] as const) {
      const id = await asks(bench, { ...isAsked, expiresAfterSeconds: 1, onExpiry });
      await bench.read(id);
      const expired = ['expired', outcome];
      same(await outcomes(bench, id), [expired, expired], onExpiry);
    }
  }),

  check('a request ends with its session', 'expired and cancelled, before the last word', async (bench) => {
    const { manager } = bench;
    const id = await asks(bench, isAsked);
    const approvalId = await request(bench, id);
    await bench.settle(manager.stopSession(id));
    const told = eventsOf(await bench.read(id));
    const last = told.findLast((event) => event.type === 'approval');
    same(
      [last?.approvalId, last?.state, last?.outcome],
      [approvalId, 'expired', 'cancelled'],
      'the last word of it',
    );
    same(told.at(-1)?.type, 'status', 'the last event');
    same(await outcomes(bench, id), [['expired', 'cancelled']], 'what is listed');
    const late = manager.answerApproval(id, approvalId, { outcome: 'allowed' });
    await rejectsWith('wrong-state', bench.settle(late), 'an answer after the end');
  }),

  check('a paused session can be answered', 'its agent finds the answer when it goes on', async (bench) => {
    const { manager } = bench;
    const id = await asks(bench, isAsked);
    const first = await request(bench, id);
    if ((await bench.catalogue.executors()).every(({ pause }) => pause !== 'none')) {
      await bench.settle(manager.pauseSession(id));
      await bench.reach(id, 'paused');
      await bench.settle(manager.answerApproval(id, first, { outcome: 'allowed' }));
      same((await manager.getSession(id)).status, 'paused', 'status');
      await bench.settle(manager.resumeSession(id));
    } else await bench.settle(manager.answerApproval(id, first, { outcome: 'allowed' }));
    await request(bench, id, 2);
    same(
      await outcomes(bench, id),
      [
        ['answered', 'allowed'],
        ['requested', undefined],
      ],
      'what is listed',
    );
  }),
];
