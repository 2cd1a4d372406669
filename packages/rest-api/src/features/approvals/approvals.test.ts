import { Approval, ApprovalPage } from '@agent-harbor/api-contract/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serve } from '../../testing/serve.ts';

let server: Served;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const asking = async (approvalId: string): Promise<string> => {
  const id = await server.launch();
  server.agents.say(id, {
    type: 'approval',
    approvalId,
    state: 'requested',
    title: 'Run npm install',
    options: [{ optionId: 'once', name: 'Allow', kind: 'allow_once' }],
  });
  for await (const { event } of server.harbor.tasks.subscribe(id)) if (event.type === 'approval') break;
  return id;
};
const listed = async (path: string) => ApprovalPage.parse(await (await server.call(path)).json());
const answer = (id: string, approvalId: string, body: unknown, headers: Record<string, string> = {}) =>
  server.call(`/api/v1/sessions/${id}/approvals/${approvalId}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

test('a request is listed for its session and among all, and the caller answers it', async () => {
  const id = await asking('a');
  await asking('b');
  expect((await listed(`/api/v1/sessions/${id}/approvals?state=requested`)).items).toMatchObject([
    { id: 'a' },
  ]);
  expect((await listed('/api/v1/approvals')).items).toMatchObject([{ id: 'b' }, { id: 'a' }]);
  expect((await listed(`/api/v1/approvals?sessionId=${id}`)).items).toMatchObject([{ id: 'a' }]);

  const answered = await answer(id, 'a', { outcome: 'allowed', note: 'once' });
  expect(answered.status).toBe(200);
  const approval = Approval.parse(await answered.json());
  expect(approval).toMatchObject({ state: 'answered', outcome: 'allowed', by: 'operator', note: 'once' });
  expect((await listed(`/api/v1/sessions/${id}/approvals`)).items).toEqual([approval]);
  expect((await listed('/api/v1/approvals?state=requested')).items).toMatchObject([{ id: 'b' }]);
});

test('the first answer counts, and a repeated one is the same answer', async () => {
  const id = await asking('a');
  const key = { 'idempotency-key': `answer-${id}` };
  const first = await answer(id, 'a', { outcome: 'denied' }, key);
  const again = await answer(id, 'a', { outcome: 'denied' }, key);
  expect([again.status, await again.json()]).toEqual([200, await first.json()]);
  const late = await answer(id, 'a', { outcome: 'allowed' });
  expect([late.status, Object(await late.json()).code]).toEqual([409, 'wrong-state']);
});

test('what there is not is a problem', async () => {
  const id = await asking('a');
  const unknown = await answer(id, 'b', { outcome: 'allowed' });
  expect([unknown.status, Object(await unknown.json()).code]).toEqual([404, 'approval-not-found']);
  for (const path of ['/api/v1/sessions/nobody/approvals', '/api/v1/approvals?sessionId=nobody']) {
    const none = await server.call(path);
    expect([none.status, Object(await none.json()).code]).toEqual([404, 'session-not-found']);
  }
  const wrong = await answer(id, 'a', { outcome: 'perhaps' });
  expect(wrong.status).toBe(400);
});
