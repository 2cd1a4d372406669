import { readFile } from 'node:fs/promises';
import { contract } from '@agent-harbor/api-contract';
import { describe, expect, it } from 'vitest';
import { controlContract } from './control/contract.ts';
import { openMock } from './testing/open-mock.ts';
import { createRecorder, type Recorded } from './testing/record.ts';
import { createSteps, type Steps, walk } from './testing/walk.ts';

const routes = [...Object.entries(contract), ...Object.entries(controlContract)].flatMap(([area, members]) =>
  Object.entries(members).map(([name, { method, path }]) => ({ name: `${area}.${name}`, method, path })),
);

/** A mock of its own, whose clock stands still, and what was asked of it. */
const openSteps = async (seed: string): Promise<Steps> => {
  const { server } = await openMock({ seed });
  return createSteps(createRecorder(server.url, (await readFile(server.keyFile, 'utf8')).trim()));
};

const walkAll = async (seed: string): Promise<readonly Recorded[]> => {
  const steps = await openSteps(seed);
  for (const step of Object.values(walk)) await step(steps);
  return steps.answers;
};

const texts = (answers: readonly Recorded[]): string[] => answers.map(({ text }) => text);

describe('a walk over every route', () => {
  it('has a step for each, and no other', () => {
    expect(Object.keys(walk).sort()).toEqual(routes.map(({ name }) => name).sort());
  });

  it('is the same to the byte with the same seed, and another with another', async () => {
    const [one, again, other] = [await walkAll('one'), await walkAll('one'), await walkAll('two')];
    expect(texts(again)).toEqual(texts(one));

    const reached = (name: string) => {
      const route = routes.find((each) => each.name === name);
      const path = new RegExp(`^${route?.path.replaceAll(/:\w+/g, '[^/]+')}(?:\\?.*)?$`);
      return one.filter((answer) => answer.method === route?.method && path.test(answer.path));
    };
    const unanswered = routes.filter(({ name }) => !reached(name).some(({ status }) => status < 300));
    expect(unanswered.map(({ name }) => name)).toEqual([]);
    expect(one.filter(({ status }) => status >= 500 && status !== 500)).toEqual([]);

    // Every answer has an id of its own, so none is the same with another seed.
    expect(one.length).toBe(other.length);
    expect(texts(one).filter((text, index) => text === other[index]?.text)).toEqual([]);
    const bodies = reached('sessions.get').map(({ body }) => body);
    expect(other.map(({ body }) => body)).not.toEqual(expect.arrayContaining(bodies.slice(0, 1)));
  });

  it('has the time of the clock in every answer, and none of the machine', async () => {
    for (const { text } of await walkAll('one')) {
      expect(text).toMatch(/\r\ndate: Fri, 02 Jan 2026 \d\d:\d\d:\d\d GMT\r\n/);
      expect(text).not.toContain(`${new Date().getUTCFullYear()}-${new Date().toISOString().slice(5, 7)}`);
    }
  });
});

describe('sessions side by side', () => {
  const scenarios = ['fix-failing-test', 'tool-failure', 'unicode-and-binary', 'failing', 'long-running'];

  /** Plays them all at once while others look in; gives what each told, from its first byte to its last. */
  const playTogether = async (seed: string, looks: readonly number[]) => {
    const steps = await openSteps(seed);
    const ids: string[] = [];
    for (const scenario of scenarios) ids.push(await steps.launch(scenario));
    const streams = await Promise.all(
      ids.flatMap((id) => [
        steps.stream(`/api/v1/sessions/${id}/events`),
        steps.stream(`/api/v1/sessions/${id}/events?level=info`),
      ]),
    );
    for (const look of looks) {
      const id = ids[look % ids.length];
      await steps.send('GET', `/api/v1/sessions/${id}`);
      await steps.pass(700 + look * 13);
      await steps.send('GET', `/api/v1/sessions/${id}/events?perPage=4`);
    }
    await steps.pass(3_600_000);
    const told: Recorded[] = [];
    for (const stream of streams) told.push(await stream.whole());
    for (const id of ids) {
      for (const part of ['', '/events?perPage=200', '/logs', '/files', '/diff']) {
        told.push(await steps.send('GET', `/api/v1/sessions/${id}${part}`));
      }
    }
    return { transcript: texts(steps.answers), bodies: told.map(({ body }) => body) };
  };
  const looks = [0, 3, 1, 1, 4, 2, 0, 5, 3, 2, 9, 7];

  it('are the same to the byte where the requests come in the same order', async () => {
    const [one, again] = [await playTogether('one', looks), await playTogether('one', looks)];
    expect(again.transcript).toEqual(one.transcript);
    expect(one.transcript.length).toBeGreaterThan(50);
  });

  it('tell the same, whoever looks in between, and whatever the others are asked', async () => {
    const [one, watched] = [await playTogether('one', [1]), await playTogether('one', [1, ...looks])];
    // What goes by the clock is written when it moves: in the end the sum is the same.
    expect(withoutHeartbeats(watched.bodies)).toEqual(withoutHeartbeats(one.bodies));
  });

  it('tell the same alone as among others', async () => {
    const [scenario = ''] = scenarios;
    const alone = async (others: number) => {
      const steps = await openSteps('one');
      const id = await steps.launch(scenario);
      for (let other = 0; other < others; other++) await steps.launch(scenarios[other % 5] ?? '');
      const stream = await steps.stream(`/api/v1/sessions/${id}/events`);
      await steps.pass(600_000);
      const parts = [(await stream.whole()).body];
      for (const part of ['', '/events?perPage=200', '/files', '/diff']) {
        parts.push((await steps.send('GET', `/api/v1/sessions/${id}${part}`)).body);
      }
      return parts;
    };
    expect(await alone(7)).toEqual(await alone(0));
  });
});

const withoutHeartbeats = (bodies: readonly string[]): string[] =>
  bodies.map((body) => body.replaceAll('\n\n:\n', '\n'));
