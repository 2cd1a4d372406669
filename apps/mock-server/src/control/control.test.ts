import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { type Json, openMock } from '../testing/open-mock.ts';
import { controlContract } from './contract.ts';

const statusOf = async (mock: Awaited<ReturnType<typeof openMock>>, id: string): Promise<string> =>
  (await mock.json('GET', `/api/v1/sessions/${id}`)).body.status;

describe('the clock', () => {
  it('stands still, and moves when it is told to: what is due on the way has happened then', async () => {
    const mock = await openMock();
    const id = await mock.launch('fix-failing-test');
    expect((await mock.json('GET', '/mock/clock')).body).toEqual({
      now: '2026-01-02T03:04:05.678Z',
      mode: 'frozen',
      speed: 1,
      waiting: 1,
    });
    expect(await statusOf(mock, id)).toBe('running');
    const moved = await mock.json('POST', '/mock/clock', { advanceMs: 60_000 });
    expect([moved.status, moved.body.now]).toEqual([200, '2026-01-02T03:05:05.678Z']);
    expect(await statusOf(mock, id)).toBe('completed');
  });

  it('also moves the heartbeats of streams, and what they show is written before the answer', async () => {
    const mock = await openMock();
    const id = await mock.launch({ name: 'quiet', timeline: [{ baseTimeDelta: 60_000 }, { log: 'Done.' }] });
    const stream = await mock.call('GET', `/api/v1/sessions/${id}/events`, undefined, {
      accept: 'text/event-stream',
    });
    const read = reading(stream);
    expect(await read.until('running')).not.toContain(':\n\n');
    await mock.json('POST', '/mock/clock', { advanceMs: 15_000 });
    await read.until(':\n\n');
    await mock.json('POST', '/mock/clock', { advanceMs: 45_000 });
    expect(await read.until('"completed"')).toContain('Done.');
  });

  it('can be let go and frozen, and plays what starts at the speed it is told', async () => {
    const mock = await openMock();
    const change = (body: object) => mock.json('POST', '/mock/clock', body);
    expect((await change({ mode: 'running', speed: 0 })).body).toMatchObject({ mode: 'running', speed: 0 });
    const id = await mock.launch('long-running');
    expect(await statusOf(mock, id)).toBe('completed');
    const frozen = (await change({ mode: 'frozen' })).body;
    expect(frozen.mode).toBe('frozen');
    expect((await mock.json('GET', '/mock/clock')).body.now).toBe(frozen.now);
  });

  it('tells of time everywhere: in dates, limits and events', async () => {
    const mock = await openMock();
    const before = await mock.call('GET', '/api/v1/sessions');
    expect(before.headers.get('date')).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
    expect(before.headers.get('ratelimit')).toBe('"default";r=59999;t=60');
    await mock.json('POST', '/mock/clock', { advanceMs: 45_000 });
    const after = await mock.call('GET', '/api/v1/sessions');
    expect(after.headers.get('date')).toBe('Fri, 02 Jan 2026 03:04:50 GMT');
    expect(after.headers.get('ratelimit')).toBe('"default";r=59997;t=15');
  });

  it.each([
    [{ mode: 'slow' }, 'mode'],
    [{ advanceMs: -1 }, 'advanceMs'],
    [{ advanceMs: 1e12 }, 'advanceMs'],
    [{ speed: 101 }, 'speed'],
    [{ advance: 5 }, 'advance'],
  ])('refuses %j by name', async (body, field) => {
    const { status, body: problem } = await (await openMock()).json('POST', '/mock/clock', body);
    expect([status, Object.keys(problem.errors)]).toEqual([400, [field]]);
  });
});

describe('a reset', () => {
  it('begins again as if just started', async () => {
    const mock = await openMock();
    const first = await mock.json('GET', '/mock/clock');
    const id = await mock.launch('fix-failing-test');
    await mock.json('POST', '/mock/clock', { advanceMs: 60_000, speed: 0.5 });
    await mock.call('POST', '/mock/scenarios', 'name: mine\ntimeline: []\n', yaml);
    await mock.json('POST', '/api/v1/drafts', {});
    await mock.json('POST', '/mock/faults', { kind: 'cut', route: '*' });

    const reset = await mock.json('POST', '/mock/reset', {});
    expect(reset).toEqual({
      status: 200,
      body: { seed: 'mock', data: 'empty', now: '2026-01-02T03:04:05.678Z' },
    });
    expect(await mock.json('GET', '/mock/clock')).toEqual(first);
    expect((await mock.json('GET', '/mock/faults')).body.items).toEqual([]);
    expect((await mock.json('GET', '/mock/scenarios')).body.items[0].name).toBe('quick-edit');
    for (const list of ['sessions', 'drafts', 'repos']) {
      expect((await mock.json('GET', `/api/v1/${list}`)).body.total).toBe(0);
    }
    expect(await mock.launch('fix-failing-test')).toBe(id);
    expect((await mock.call('GET', '/api/v1/sessions')).headers.get('ratelimit')).toContain('r=59992');
  });

  it('lets go of what waits for a time that does not come any more', async () => {
    const mock = await openMock();
    await mock.json('POST', '/mock/faults', { kind: 'latency', ms: 1_000, route: 'drafts.create' });
    const waiting = mock.json('POST', '/api/v1/drafts', {});
    await expect.poll(async () => (await mock.json('GET', '/mock/clock')).body.waiting).toBe(1);
    await mock.json('POST', '/mock/reset', {});
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'not-ready' } });
    expect((await mock.json('GET', '/api/v1/drafts')).body.total).toBe(0);
  });

  it('does not take over a request that had begun before', async () => {
    const mock = await openMock();
    const key = (await readFile(mock.server.keyFile, 'utf8')).trim();
    const body = '{"prompt":"from before"}';
    const creating = request(`${mock.server.url}/api/v1/drafts`, {
      method: 'POST',
      headers: {
        authorization: `ApiKey ${key}`,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    const answered = once(creating, 'response');
    creating.flushHeaders();
    // The server waits for the body now.
    await once(creating, 'continue');
    await mock.json('POST', '/mock/reset', {});
    creating.end(body);
    const [answer] = await answered;
    expect(answer.statusCode).toBe(201);
    answer.resume();
    expect((await mock.json('GET', '/api/v1/drafts')).body.total).toBe(0);
  });

  it('may begin with another seed, which the next one without a seed forgets', async () => {
    const mock = await openMock();
    const id = await mock.launch('quick-edit');
    expect((await mock.json('POST', '/mock/reset', { seed: 'other' })).body.seed).toBe('other');
    expect(await mock.launch('quick-edit')).not.toBe(id);
    await mock.server.reset();
    expect(await mock.launch('quick-edit')).toBe(id);
  });

  it('ends the streams there are, so that their readers come back to what is new', async () => {
    const mock = await openMock();
    const id = await mock.launch('long-running');
    const stream = await mock.call('GET', `/api/v1/sessions/${id}/events`, undefined, {
      accept: 'text/event-stream',
    });
    await Promise.all([mock.json('POST', '/mock/reset', {}), mock.json('POST', '/mock/reset', {})]);
    expect(await stream.text()).toMatch(/\nretry: \d{4}\n\n$/);
    expect((await mock.call('GET', `/api/v1/sessions/${id}/events`)).status).toBe(404);
  });
});

const yaml = { 'content-type': 'application/yaml' };

describe('scenarios', () => {
  it('are listed with what they are for', async () => {
    const { body } = await (await openMock()).json('GET', '/mock/scenarios');
    expect(body.items.map(({ name }: Json) => name)).toContain('fix-failing-test');
    for (const item of body.items)
      expect(item).toMatchObject({ origin: 'built-in', steps: expect.any(Number) });
  });

  it('are loaded while it runs, in YAML or JSON, and replace one of their name', async () => {
    const mock = await openMock();
    const text =
      'name: mine\ninitialPrompt: Like no other\ntimeline:\n  - baseTimeDelta: 2000\n  - log: Mine.\n';
    const added = await mock.call('POST', '/mock/scenarios', text, yaml);
    expect([added.status, await added.json()]).toEqual([
      201,
      {
        name: 'mine',
        origin: 'posted',
        description: null,
        tags: [],
        prompt: 'Like no other',
        durationMs: 2000,
        steps: 2,
      },
    ]);
    const id = await mock.launch('mine');
    expect(await statusOf(mock, id)).toBe('running');
    await mock.json('POST', '/mock/clock', { advanceMs: 2_000 });
    expect((await mock.json('GET', `/api/v1/sessions/${id}/logs`)).body.logs[0].message).toBe('Mine.');

    const again = await mock.json('POST', '/mock/scenarios', { name: 'mine', timeline: [{ log: 'Other.' }] });
    expect(again.status).toBe(201);
    const { items } = (await mock.json('GET', '/mock/scenarios')).body;
    expect(items.filter(({ name }: Json) => name === 'mine')).toEqual([again.body]);
  });

  it.each([
    ['a member nobody knows', 'name: x\ntimeline:\n  - thnk: []\n', 'scenario:3:5: '],
    ['broken YAML', 'name: x\ntimeline: [\n', 'scenario:3:1: '],
    ['a JSON value that is none', '{"name": 1,\n "timeline": []}', 'scenario:1:10: '],
    [
      'aliases that grow',
      `a: &a [1]\nb: &b [${'*a,'.repeat(200)}]\nc: [${'*b,'.repeat(200)}]\n`,
      'scenario:',
    ],
    ['what lies too deep', `name: ${'['.repeat(100_000)}`, 'scenario:'],
  ])('with %s are refused with line and column', async (_, text, place) => {
    const mock = await openMock();
    const answer = await mock.call('POST', '/mock/scenarios', text, yaml);
    expect(answer.status).toBe(400);
    expect((await answer.json()).detail).toContain(place);
  });

  it('are refused in another media type', async () => {
    const mock = await openMock();
    const answer = await mock.call('POST', '/mock/scenarios', 'name: x', { 'content-type': 'text/html' });
    expect(answer.status).toBe(415);
  });
});

describe('a request with a key', () => {
  const key = { 'idempotency-key': 'once' };
  const again = async (
    mock: Awaited<ReturnType<typeof openMock>>,
    path: string,
    body: unknown,
    headers: Record<string, string> = key,
  ): Promise<string> => {
    const [first, second] = [
      await mock.call('POST', path, body, headers),
      await mock.call('POST', path, body, headers),
    ];
    expect(first.ok, await first.clone().text()).toBe(true);
    expect(second.status).toBe(first.status);
    expect([first, second].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([
      null,
      'true',
    ]);
    const text = await first.text();
    expect(await second.text()).toBe(text);
    return text;
  };

  it('happens once, on every route that does something', async () => {
    const mock = await openMock();
    const id = await mock.launch('long-running');
    const total = async () => (await mock.json('GET', `/api/v1/sessions/${id}/events?perPage=1`)).body.total;
    const before = await total();
    await again(mock, `/mock/sessions/${id}/events`, { type: 'thought', thought: 'Hm.' });
    expect(await total()).toBe(before + 1);
    await again(mock, '/mock/clock', { advanceMs: 1_000 });
    expect((await mock.json('GET', '/mock/clock')).body.now).toBe('2026-01-02T03:04:06.678Z');
    await again(mock, '/mock/faults', { kind: 'latency', ms: 0, route: 'drafts.create' });
    expect((await mock.json('GET', '/mock/faults')).body.items).toHaveLength(1);
    const story = 'name: told\ntimeline:\n  - log: Hello.\n';
    await again(mock, '/mock/scenarios', story, { 'content-type': 'application/yaml', ...key });
    expect(JSON.parse(await again(mock, '/mock/reset', { seed: 'other' }))).toMatchObject({ seed: 'other' });
  });

  it('is refused with another body, and where the key is none', async () => {
    const mock = await openMock();
    await mock.call('POST', '/mock/clock', { advanceMs: 1_000 }, key);
    const other = await mock.call('POST', '/mock/clock', { advanceMs: 2_000 }, key);
    expect([other.status, (await other.json()).code]).toEqual([422, 'idempotency-key-reused']);
    const wrong = await mock.call('POST', '/mock/clock', {}, { 'idempotency-key': 'a b' });
    expect(wrong.status).toBe(400);
  });
});

describe('an event from outside', () => {
  it('is one of the session, under its rules', async () => {
    const mock = await openMock();
    const id = await mock.launch('long-running');
    const inject = (body: unknown) => mock.json('POST', `/mock/sessions/${id}/events`, body);
    expect(await inject({ type: 'message', role: 'assistant', content: 'From outside.' })).toEqual({
      status: 202,
      body: { sessionId: id, accepted: true, ts: '2026-01-02T03:04:05.678Z' },
    });
    const events = () => mock.json('GET', `/api/v1/sessions/${id}/events?perPage=1`);
    expect((await events()).body.items).toMatchObject([{ type: 'message', content: 'From outside.' }]);

    expect((await inject({ type: 'status', status: 'failed', exitCode: 3 })).status).toBe(202);
    expect((await events()).body.items).toMatchObject([{ status: 'failed', exitCode: 3 }]);
    expect(await inject({ type: 'thought', thought: 'Too late.' })).toMatchObject({
      status: 409,
      body: { code: 'wrong-state' },
    });
  });

  it('asks for leave, which is answered as any other request', async () => {
    const mock = await openMock();
    const id = await mock.launch('long-running', { approvals: { default: 'ask' } });
    const inject = (body: object) => mock.json('POST', `/mock/sessions/${id}/events`, body);
    const asking = {
      type: 'approval',
      approvalId: 'mine',
      state: 'requested',
      title: 'Delete everything',
      options: [
        { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
        { optionId: 'no', name: 'No', kind: 'reject_once' },
      ],
    };
    expect((await inject(asking)).status).toBe(202);
    const { items } = (await mock.json('GET', `/api/v1/sessions/${id}/approvals?state=requested`)).body;
    expect(items).toMatchObject([{ id: 'mine', title: 'Delete everything', options: asking.options }]);
    const answer = () => mock.json('POST', `/api/v1/sessions/${id}/approvals/mine`, { optionId: 'no' });
    expect(await answer()).toMatchObject({ status: 200, body: { state: 'answered', outcome: 'denied' } });
    expect((await answer()).status).toBe(409);
    expect(Object.keys((await inject(asking)).body.errors)).toEqual(['approvalId']);
  });

  it('is refused where it is none, at every level, or not the agent’s to say', async () => {
    const mock = await openMock();
    const id = await mock.launch('long-running');
    const refused = async (body: unknown) =>
      Object.keys((await mock.json('POST', `/mock/sessions/${id}/events`, body)).body.errors);
    expect(await refused({ type: 'log', level: 'loud', message: '' })).toEqual(['level']);
    expect(await refused({ type: 'log', level: 'info', message: '', colour: 'red' })).toEqual(['colour']);
    const entry = { content: 'x', priority: 'low', status: 'pending', colour: 'red' };
    expect(await refused({ type: 'plan', entries: [entry] })).toEqual(['entries.0.colour']);
    expect(await refused({ type: 'status', status: 'stopped' })).toEqual(['status']);
    const approval = { type: 'approval', approvalId: 'a', state: 'answered', title: 'x' };
    expect(await refused(approval)).toEqual(['state']);
    const unknown = await mock.json('POST', '/mock/sessions/01ARZ3NDEKTSV4RRFFQ69G5FAV/events', {
      type: 'thought',
      thought: '',
    });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'session-not-found']);
  });
});

describe('the control routes', () => {
  it('ask for the key of the host, and give problems as the API does', async () => {
    const { server, json } = await openMock();
    for (const { method, path, metadata } of Object.values(controlContract.mock)) {
      const answer = await fetch(server.url + path.replaceAll(/:\w+/g, 'x'), { method });
      expect([path, answer.status === 401]).toEqual([path, metadata.role !== 'public']);
    }
    expect((await json('PUT', '/mock/clock', {})).body).toMatchObject({
      status: 405,
      code: 'method-not-allowed',
    });
    expect((await json('GET', '/mock/nothing')).body).toMatchObject({ code: 'route-not-found' });
    expect((await json('GET', '/mock/clock?x=1')).status).toBe(400);
  });

  it('are described by a document of their own, and not in that of the API', async () => {
    const { json } = await openMock();
    const { body: document } = await json('GET', '/mock/openapi.json');
    const routes = Object.values(controlContract.mock).map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
    expect(Object.keys(document.paths).sort()).toEqual([...new Set(routes)].sort());
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
    const scenario = document.paths['/mock/scenarios'].post.requestBody.content;
    expect(Object.keys(scenario)).toEqual(['application/yaml', 'text/yaml', 'application/json']);
    const api = (await json('GET', '/api/v1/openapi.json')).body;
    expect(Object.keys(api.paths).filter((path) => path.startsWith('/mock'))).toEqual([]);
  });
});

/** Reads a stream until something is there; gives all that came. */
const reading = (answer: Response) => {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async until(what: string): Promise<string> {
      while (!text.includes(what)) {
        const read = await reader?.read();
        if (read?.value === undefined) throw new Error(`The stream ended without ${what}: ${text}`);
        text += read.value;
      }
      return text;
    },
  };
};
