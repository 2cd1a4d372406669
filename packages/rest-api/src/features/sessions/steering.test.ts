import { PromptAccepted, Session } from '@agent-harbor/api-contract/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../../testing/serve.ts';

let server: Served;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(`/api/v1/sessions/${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  });
const codeOf = async (answer: Response) => [answer.status, Object(await answer.json()).code];
const running = async (): Promise<string> => {
  const id = await server.launch();
  await reach(id, 'running');
  return id;
};
const sessionOf = async (id: string) =>
  Session.parse(await (await server.call(`/api/v1/sessions/${id}`)).json());
const reach = async (id: string, status: Session['status']) => {
  for await (const { event } of server.harbor.tasks.subscribe(id))
    if (event.type === 'status' && 'status' in event && event.status === status) return;
};

describe('pause and resume', () => {
  it('are accepted, and the session is what was wished', async () => {
    const id = await running();
    const paused = await post(`${id}/pause`);
    expect([paused.status, await paused.json()]).toEqual([202, { status: 'accepted' }]);
    await reach(id, 'paused');
    expect((await sessionOf(id)).links.approvals).toBe(`/api/v1/sessions/${id}/approvals`);
    const resumed = await post(`${id}/resume`);
    expect([resumed.status, await resumed.json()]).toEqual([202, { status: 'accepted' }]);
    await reach(id, 'resuming');
    expect(await codeOf(await post(`${id}/resume`, { promt: 'x' }))).toEqual([400, 'invalid-request']);
  });

  it('replay a repeated request, also when the session has gone on', async () => {
    const id = await running();
    const key = { 'idempotency-key': `pause-${id}` };
    expect((await post(`${id}/pause`, undefined, key)).status).toBe(202);
    await reach(id, 'paused');
    expect((await post(`${id}/resume`, { prompt: 'Go on.' })).status).toBe(202);
    await reach(id, 'resuming');
    const again = await post(`${id}/pause`, undefined, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect((await sessionOf(id)).status).not.toMatch(/paus/);
  });
});

describe('prompt', () => {
  it('takes either name, says when, and names the caller in the log', async () => {
    const id = await running();
    for (const body of [{ prompt: 'one' }, { message: 'two' }]) {
      const answer = await post(`${id}/prompt`, body);
      expect(answer.status).toBe(202);
      expect(PromptAccepted.parse(await answer.json())).toMatchObject({ sessionId: id, accepted: true });
    }
    const { items } = await server.harbor.events.history(id, { type: ['user_input'], sort: 'asc' });
    expect(items).toMatchObject([
      { author: 'operator', content: 'one' },
      { author: 'operator', content: 'two' },
    ]);
  });

  it('with a key is one prompt and one answer', async () => {
    const id = await running();
    const ask = () => post(`${id}/prompt`, { prompt: 'once' }, { 'idempotency-key': `prompt-${id}` });
    const [first, again] = [await ask(), await ask()];
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(await first.json());
    expect((await server.harbor.events.history(id, { type: ['user_input'] })).total).toBe(1);
  });

  it('is refused by size and by state', async () => {
    const id = await running();
    const tooLarge = await post(`${id}/prompt`, { prompt: 'ü'.repeat(8_193) });
    expect(await codeOf(tooLarge)).toEqual([413, 'payload-too-large']);
    await post(`${id}/pause`);
    await reach(id, 'paused');
    expect(await codeOf(await post(`${id}/prompt`, { prompt: 'x' }))).toEqual([409, 'wrong-state']);
    await server.harbor.tasks.cancelSession(id);
    expect(await codeOf(await post(`${id}/prompt`, { prompt: 'x' }))).toEqual([410, 'session-ended']);
  });
});
