import {
  Accepted,
  Approval,
  ApprovalPage,
  EventPage,
  ExecutorList,
  PromptAccepted,
  type SessionStatus,
} from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import { holds, present, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member, names, type WireAnswer } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { readEvents } from './events.ts';
import { sessionOf } from './session-of.ts';

const pathOf = (id: string, rest = ''): string => `/api/v1/sessions/${id}${rest}`;

/** Reads the stream of a session until it says this. */
export const until = async (
  bench: WireBench,
  id: string,
  members: Readonly<Record<string, unknown>>,
): Promise<unknown> => {
  const isMeant = (data: string): boolean => {
    const event: unknown = JSON.parse(data);
    return Object.entries(members).every(([name, value]) => member(event, name) === value);
  };
  const found = ({ text }: WireAnswer) => readEvents(text).messages.find(({ data }) => isMeant(data));
  const answer = await bench.send({
    path: pathOf(id, '/events'),
    headers: { accept: 'text/event-stream' },
    isEnough: (received) => found(received) !== undefined,
  });
  return JSON.parse(present(found(answer), `the event ${JSON.stringify(members)}`).data);
};
/** Reads the stream of a session until it has this status. */
export const reach = (bench: WireBench, id: string, status: SessionStatus) =>
  until(bench, id, { type: 'status', status });

/** A running session whose agent waits. */
const running = async (bench: WireBench): Promise<string> => {
  const { id } = await bench.launch();
  await reach(bench, id, 'running');
  return id;
};
/** A session that stands still. */
const paused = async (bench: WireBench): Promise<string> => {
  const hosts = bodyOf(ExecutorList, await bench.get('/api/v1/executors'), 'the hosts').items;
  if (hosts.some(({ pause }) => pause === 'none')) throw new NotApplicable('a host that cannot pause');
  const id = await running(bench);
  hasStatus(await wish(bench, id, 'pause'), 202, 'the pause');
  await reach(bench, id, 'paused');
  return id;
};
/** A session that asks for leave, and the id of its request. */
const asking = async (bench: WireBench): Promise<{ readonly id: string; readonly path: string }> => {
  const approvals = { default: 'ask' } as const;
  const { id } = await bench.launch({ agents: [bench.agent('asks')], approvals });
  const event = await until(bench, id, { type: 'approval', state: 'requested' });
  return { id, path: pathOf(id, `/approvals/${member(event, 'approvalId')}`) };
};

const wish = (bench: WireBench, id: string, what: 'pause' | 'resume', headers = {}): Promise<WireAnswer> =>
  bench.send({ method: 'POST', path: pathOf(id, `/${what}`), headers });

const namesState = (answer: WireAnswer, code: string, state: string): void => {
  const { detail } = isProblem(answer, code, `a ${state} session`);
  holds(detail.includes(state), `the state ${state} is not named: ${detail}`, answer.evidence);
};

export const steering = [
  check('a pause is accepted and happens', '202, then paused; resumed it goes on', async (bench) => {
    const id = await paused(bench);
    same((await sessionOf(bench, id)).status, 'paused', 'the status');
    const answer = await wish(bench, id, 'resume');
    hasStatus(answer, 202, 'the resume');
    same(bodyOf(Accepted, answer, 'the resume'), { status: 'accepted' }, 'the answer');
    await reach(bench, id, 'resuming');
  }),

  check('steering names the state it cannot change', '409 wrong-state, 410 after the end', async (bench) => {
    const id = await paused(bench);
    namesState(await bench.post(pathOf(id, '/prompt'), { prompt: 'x' }), 'wrong-state', 'paused');
    const ended = await bench.ended();
    namesState(await wish(bench, ended, 'pause'), 'wrong-state', 'completed');
    namesState(await wish(bench, ended, 'resume'), 'wrong-state', 'completed');
    namesState(await bench.post(pathOf(ended, '/prompt'), { prompt: 'x' }), 'session-ended', 'completed');
    namesState(await wish(bench, await running(bench), 'resume'), 'wrong-state', 'running');
  }),

  check('a pause is repeated by its key', 'replayed with the first answer', async (bench) => {
    const id = await paused(bench);
    const key = { 'idempotency-key': `pause-${id}` };
    const first = await wish(bench, id, 'pause', key);
    const again = await wish(bench, id, 'pause', key);
    same([first.status, again.status, again.text], [202, 202, first.text], 'the answers');
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
  }),

  check('a prompt is accepted and told once', '202 with the time; repeated by its key', async (bench) => {
    const id = await running(bench);
    const key = { 'idempotency-key': `prompt-${id}` };
    const ask = () => bench.post(pathOf(id, '/prompt'), { prompt: 'Mind the tests' }, key);
    const first = await ask();
    hasStatus(first, 202, 'the prompt');
    const accepted = bodyOf(PromptAccepted, first, 'the prompt');
    same([accepted.sessionId, accepted.accepted], [id, true], 'what was accepted');
    const again = await ask();
    same([again.status, again.text], [202, first.text], 'the replay');
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
    hasStatus(await bench.post(pathOf(id, '/prompt'), { message: 'By its older name' }), 202, 'a message');
    await until(bench, id, { type: 'user_input', content: 'By its older name' });
    const history = await bench.get(pathOf(id, '/events?type=user_input&perPage=200&sort=asc'));
    const told = bodyOf(EventPage, history, 'the history').items.map((event) => member(event, 'content'));
    same(told, ['Mind the tests', 'By its older name'], 'what the log says');
  }),

  check('a prompt has at most 16 KiB of bytes', '413 beyond', async (bench) => {
    const id = await running(bench);
    const tell = (prompt: string) => bench.post(pathOf(id, '/prompt'), { prompt });
    hasStatus(await tell('x'.repeat(16_384)), 202, 'the longest prompt');
    isProblem(await tell('x'.repeat(16_385)), 'payload-too-large', 'one byte more');
    isProblem(await tell('ü'.repeat(8_193)), 'payload-too-large', 'fewer characters, more bytes');
  }),

  check('what steers is read strictly', '400 that names the member', async (bench) => {
    const id = await running(bench);
    for (const [path, body, field] of [
      ['/prompt', {}, 'prompt'],
      ['/prompt', { prompt: '' }, 'prompt'],
      ['/prompt', { prompt: 'a', author: 'me' }, 'author'],
      ['/resume', { promt: 'a' }, 'promt'],
      ['/approvals/x', { outcome: 'perhaps' }, 'outcome'],
      ['/approvals/x', { outcome: 'allowed', optionId: 'a' }, 'outcome'],
    ] as const) {
      const what = `${path} ${JSON.stringify(body)}`;
      const document = isProblem(await bench.post(pathOf(id, path), body), 'invalid-request', what);
      names(document, field, what);
    }
    for (const query of ['state=open', 'sort=id', 'perPage=0']) {
      isProblem(await bench.get(`/api/v1/approvals?${query}`), 'invalid-request', query);
    }
  }),

  check('a permission request is answered once', '200 with what it became, then 409', async (bench) => {
    const { id, path } = await asking(bench);
    const open = await bench.get(pathOf(id, '/approvals?state=requested'));
    const [request] = bodyOf(ApprovalPage, open, 'the open requests').items;
    same(pathOf(id, `/approvals/${request?.id}`), path, 'the open request');
    const key = { 'idempotency-key': `answer-${id}` };
    const first = await bench.post(path, { outcome: 'allowed', note: 'once' }, key);
    hasStatus(first, 200, 'the answer');
    const approval = bodyOf(Approval, first, 'the answer');
    same(
      [approval.state, approval.outcome, approval.note],
      ['answered', 'allowed', 'once'],
      'what it became',
    );
    const again = await bench.post(path, { outcome: 'allowed', note: 'once' }, key);
    same([again.status, again.text], [200, first.text], 'the replay');
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
    isProblem(await bench.post(path, { outcome: 'denied' }), 'wrong-state', 'a second answer');
    const all = bodyOf(
      ApprovalPage,
      await bench.get(`/api/v1/approvals?sessionId=${id}`),
      'all requests',
    ).items;
    same(
      all.find((each) => each.id === approval.id),
      approval,
      'what is listed',
    );
  }),

  check('steering what there is not is a 404', 'whatever is no session, and no request', async (bench) => {
    const id = await running(bench);
    const unknown = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
    for (const path of ['/pause', '/resume']) {
      const answer = await bench.send({ method: 'POST', path: pathOf(unknown, path) });
      isProblem(answer, 'session-not-found', path);
    }
    const yes = { outcome: 'allowed' };
    isProblem(await bench.post(pathOf(unknown, '/prompt'), { prompt: 'x' }), 'session-not-found', 'a prompt');
    isProblem(await bench.post(pathOf(unknown, '/approvals/x'), yes), 'session-not-found', 'an answer');
    isProblem(await bench.post(pathOf(id, '/approvals/x'), yes), 'approval-not-found', 'an unknown request');
    isProblem(await bench.get(pathOf(unknown, '/approvals')), 'session-not-found', 'its requests');
  }),

  check('a stranger steers nothing', '401 before anything is read, and nothing happens', async (bench) => {
    const { id, path } = await asking(bench);
    const stranger = { authorization: null };
    for (const [target, body] of [
      [pathOf(id, '/pause'), {}],
      [pathOf(id, '/resume'), { promt: 1 }],
      [pathOf(id, '/prompt'), { prompt: 'x'.repeat(20_000) }],
      [path, { outcome: 'allowed' }],
    ] as const) {
      isProblem(await bench.post(target, body, stranger), 'unauthorized', target);
    }
    isProblem(await bench.get('/api/v1/approvals', stranger), 'unauthorized', 'all requests');
    const session = await sessionOf(bench, id);
    same(session.status, 'running', 'the status');
    same(
      member(jsonOf(await bench.get(`${session.links.approvals}?state=requested`)), 'total'),
      1,
      'open requests',
    );
  }),
];
