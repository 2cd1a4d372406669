import { describe, expect, it } from 'vitest';
import { type OpenMock, openMock } from '../testing/open-mock.ts';

const set = async ({ json }: OpenMock, fault: object) => {
  const answer = await json('POST', '/mock/faults', fault);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const drafts = '/api/v1/drafts';
const draftCount = async ({ json }: OpenMock): Promise<number> => (await json('GET', drafts)).body.total;

/** A session that has ended, with its events as they are on the wire. */
const played = async (mock: OpenMock) => {
  const id = await mock.launch('quick-edit');
  await mock.json('POST', '/mock/clock', { advanceMs: 10_000 });
  const read = () =>
    mock.call('GET', `/api/v1/sessions/${id}/events`, undefined, { accept: 'text/event-stream' });
  const whole = await (await read()).text();
  return { id, read, frames: whole.split('\n\n').slice(1, -1), whole };
};

/** Without the time to come back, which each opening has of its own, and without heartbeats. */
const plain = (text: string): string => text.replace(/^retry: \d+/, '').replaceAll('\n\n:\n', '\n');

/** All that comes of an answer that breaks off. */
const rest = async (answer: Response): Promise<{ text: string; isWhole: boolean }> => {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) text += read.value;
    return { text, isWhole: true };
  } catch {
    return { text, isWhole: false };
  }
};

describe('latency', () => {
  it('holds the request until the clock has moved so far', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'latency', ms: 500, route: 'drafts.create' });
    let isAnswered = false;
    const creating = mock.json('POST', drafts, {}).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await expect.poll(async () => (await mock.json('GET', '/mock/clock')).body.waiting).toBe(1);
    await mock.json('POST', '/mock/clock', { advanceMs: 499 });
    expect([isAnswered, await draftCount(mock)]).toEqual([false, 0]);
    await mock.json('POST', '/mock/clock', { advanceMs: 1 });
    expect((await creating).status).toBe(201);
  });
});

describe('a status', () => {
  it('comes with its problem, and the request is not carried out', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'status', status: 429, retryAfterSeconds: 3, route: 'drafts.create' });
    const answer = await mock.call('POST', drafts, {});
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await answer.json()).toMatchObject({
      code: 'rate-limited',
      detail: expect.stringContaining('fault'),
    });
    expect(await draftCount(mock)).toBe(0);
  });

  it('may come after the request was carried out: its answer is lost, and the key finds it', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'status', status: 503, when: 'after', route: 'drafts.create', count: 1 });
    const create = () => mock.call('POST', drafts, {}, { 'idempotency-key': 'k' });
    expect((await create()).status).toBe(503);
    const again = await create();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await draftCount(mock)).toBe(1);
  });

  it('that the server does not give is a proxy’s', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'status', status: 502, retryAfterSeconds: 9, route: 'drafts.list' });
    const answer = await mock.call('GET', drafts);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([
      502,
      'text/plain; charset=utf-8',
      '9',
    ]);
  });
});

describe('a connection', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('is cut %s the request is carried out', async (when, count) => {
    const mock = await openMock();
    await set(mock, { kind: 'cut', when, route: 'drafts.create' });
    await expect(mock.call('POST', drafts, {})).rejects.toThrow();
    expect(await draftCount(mock)).toBe(count);
  });

  it.each([0, 1, 7, 100])('is lost after %i bytes of a body', async (afterBytes) => {
    const mock = await openMock();
    const whole = await (await mock.call('GET', '/api/v1/agents')).text();
    await set(mock, { kind: 'break', afterBytes, route: 'catalogue.agents' });
    const answer = await mock.call('GET', '/api/v1/agents');
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    expect(await rest(answer)).toEqual({ text: whole.slice(0, afterBytes), isWhole: false });
  });

  it('is lost in the middle of a stream, never in the middle of a character', async () => {
    const mock = await openMock();
    const timeline = [{ llmResponse: [{ assistant: [[0, 'äöü€😀'.repeat(50)]] }] }];
    const id = await mock.launch({ name: 'wide', timeline });
    const path = `/api/v1/sessions/${id}/events`;
    const read = () => mock.call('GET', path, undefined, { accept: 'text/event-stream' });
    const whole = await (await read()).text();
    const tellsMost = whole.indexOf('äöü');
    for (let afterBytes = tellsMost; afterBytes < tellsMost + 20; afterBytes++) {
      await mock.call('DELETE', '/mock/faults');
      await set(mock, { kind: 'break', afterBytes, route: 'sessions.events' });
      const { text, isWhole } = await rest(await read());
      expect(isWhole).toBe(false);
      expect(text).not.toContain('\ufffd');
      const got = new TextEncoder().encode(text).length;
      expect(got).toBeLessThanOrEqual(afterBytes);
      expect(got).toBeGreaterThan(afterBytes - 4);
    }
  });

  it('goes on where the body is shorter', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'break', afterBytes: 100_000, route: '*' });
    expect((await mock.json('GET', drafts)).body.total).toBe(0);
    expect((await mock.call('HEAD', drafts)).status).toBe(200);
    const { frames, whole } = await played(mock);
    expect([frames.length > 5, whole.endsWith('\n\n')]).toEqual([true, true]);
  });

  it('is slow: the body comes as time passes, and is the same in the end', async () => {
    const mock = await openMock();
    const whole = await (await mock.call('GET', '/api/v1/agents')).text();
    const stream = await played(mock);
    await set(mock, { kind: 'slow', bytesPerSecond: 200, route: '*' });
    // Well within the 30 s after which a stream gives up a reader who does not read.
    expect(stream.whole.length).toBeLessThan(5_000);
    for (const [read, expected] of [
      [() => mock.call('GET', '/api/v1/agents'), whole],
      [stream.read, stream.whole],
    ] as const) {
      const answer = await read();
      let isRead = false;
      const reading = answer.text().then((text) => {
        isRead = true;
        return text;
      });
      const seconds = Math.ceil(new TextEncoder().encode(expected).length / 200);
      await mock.json('POST', '/mock/clock', { advanceMs: (seconds - 2) * 1_000 });
      expect(isRead).toBe(false);
      await mock.json('POST', '/mock/clock', { advanceMs: 3_000 });
      expect(plain(await reading)).toBe(plain(expected));
    }
  });
});

describe('a frame', () => {
  const spoil = async (kind: string, frame: number) => {
    const mock = await openMock();
    const stream = await played(mock);
    await set(mock, { kind, frame, route: 'sessions.events', params: { id: stream.id } });
    const { text, isWhole } = await rest(await stream.read());
    return { frames: stream.frames, got: text.split('\n\n').slice(1), isWhole };
  };

  it('comes as half, and then nothing', async () => {
    const { frames, got, isWhole } = await spoil('half-frame', 3);
    expect(isWhole).toBe(false);
    expect(got.slice(0, 2)).toEqual(frames.slice(0, 2));
    expect(got).toHaveLength(3);
    expect(frames[2]?.startsWith(got[2] ?? '?')).toBe(true);
    expect(got[2]?.length).toBeLessThan(frames[2]?.length ?? 0);
    expect(got[2]).toContain('data: {');
  });

  it('comes twice', async () => {
    const { frames, got, isWhole } = await spoil('duplicate-frame', 2);
    expect(isWhole).toBe(true);
    expect(got.slice(0, -1)).toEqual([...frames.slice(0, 2), frames[1], ...frames.slice(2)]);
  });

  it('does not come', async () => {
    const { frames, got } = await spoil('drop-frame', 1);
    expect(got.slice(0, -1)).toEqual(frames.slice(1));
  });

  it('of an answer that is no stream is left alone', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'half-frame', route: '*' });
    expect((await mock.json('GET', drafts)).status).toBe(200);
  });
});

describe('a fault', () => {
  const strikes = async (mock: OpenMock, requests: number): Promise<string> => {
    let text = '';
    for (let request = 0; request < requests; request++) {
      text += (await mock.call('GET', drafts)).status === 200 ? '.' : 'x';
    }
    return text;
  };

  it('strikes as often as it is told, after as many as it is told', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'status', status: 500, route: 'drafts.list', skip: 2, count: 3 });
    expect(await strikes(mock, 8)).toBe('..xxx...');
    expect((await mock.json('GET', '/mock/faults')).body.items).toMatchObject([{ seen: 8, struck: 3 }]);
  });

  it('strikes by chance, and the same seed has the same luck', async () => {
    const luck = async (seed: string) => {
      const mock = await openMock({ seed });
      await set(mock, { kind: 'status', status: 500, route: 'drafts.list', probability: 0.5 });
      return strikes(mock, 40);
    };
    const first = await luck('one');
    expect(first).toMatch(/\./);
    expect(first).toMatch(/x/);
    expect(await luck('one')).toBe(first);
    expect(await luck('two')).not.toBe(first);
  });

  it('strikes the requests it is for, and no other', async () => {
    const mock = await openMock();
    const [one, two] = [await mock.launch('quick-edit'), await mock.launch('quick-edit')];
    await set(mock, { kind: 'status', status: 500, route: 'sessions.get', params: { id: one } });
    const get = async (path: string) => (await mock.call('GET', path)).status;
    expect(await get(`/api/v1/sessions/${one}`)).toBe(500);
    expect(await get(`/api/v1/sessions/${two}`)).toBe(200);
    expect(await get(`/api/v1/sessions/${one}/files`)).toBe(200);
  });

  it('is played around those that were set after it', async () => {
    const mock = await openMock();
    await set(mock, { kind: 'break', afterBytes: 10, route: 'drafts.list' });
    await set(mock, { kind: 'status', status: 418, route: 'drafts.list' });
    const answer = await mock.call('GET', drafts);
    expect([answer.status, (await rest(answer)).text]).toEqual([418, '418: a fau']);
  });

  it('is taken back, alone or with all others, and never strikes what sets it', async () => {
    const mock = await openMock();
    const { id } = await set(mock, { kind: 'status', status: 500, route: '*' });
    await set(mock, { kind: 'status', status: 501, route: '*' });
    const remove = async (path: string) => (await mock.call('DELETE', path)).status;
    expect(await remove(`/mock/faults/${id}`)).toBe(204);
    expect(await remove(`/mock/faults/${id}`)).toBe(204);
    expect((await mock.call('GET', drafts)).status).toBe(501);
    expect(await remove('/mock/faults')).toBe(204);
    expect((await mock.call('GET', drafts)).status).toBe(200);
  });

  it('can be set by the program that started the server', async () => {
    const { server, call } = await openMock();
    const { id } = server.faults.add({ kind: 'cut', route: 'drafts.list', count: 1 });
    await expect(call('GET', drafts)).rejects.toThrow();
    expect(server.faults.list()).toMatchObject([{ id, struck: 1 }]);
    expect(() => server.faults.add({ kind: 'cut', route: 'nowhere' })).toThrow(/drafts\.list/);
  });

  it.each([
    ['a route that is none', { kind: 'cut', route: 'sessions.burn' }, 'route', 'sessions.stop'],
    ['a control route', { kind: 'cut', route: 'mock.reset' }, 'route', 'is no route'],
    [
      'a parameter the route has not',
      { kind: 'cut', route: 'sessions.get', params: { x: '' } },
      'params.x',
      '',
    ],
    ['half a frame of no stream', { kind: 'half-frame', route: 'sessions.get' }, 'kind', 'sessions.events'],
    ['a status that is no failure', { kind: 'status', status: 200, route: '*' }, 'status', ''],
    ['what another kind has', { kind: 'cut', ms: 5, route: '*' }, 'ms', ''],
    ['an unknown kind', { kind: 'flood', route: '*' }, 'kind', 'latency'],
    ['a chance above one', { kind: 'cut', route: '*', probability: 2 }, 'probability', ''],
  ])('for %s is refused by field', async (_, fault, field, hint) => {
    const { status, body } = await (await openMock()).json('POST', '/mock/faults', fault);
    expect([status, Object.keys(body.errors)]).toEqual([400, [field]]);
    expect(body.errors[field].join()).toContain(hint);
  });
});
