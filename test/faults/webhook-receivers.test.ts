import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { append } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { endedSessions } from './harness/launch.ts';
import { listen } from './harness/listen.ts';
import type { ServerUnderTest } from './harness/server.ts';
import { byTier } from './harness/tier.ts';

/** A message as a receiver got it. */
interface Got {
  readonly id: string;
  readonly sessionId: string;
  readonly words: string;
  readonly at: number;
  readonly isSigned: boolean;
}

/** What a receiver does with a message; it was read whole. */
type Mood = (response: ServerResponse, got: Got) => void;

interface Receiver {
  /** Of the webhook that tells it. */
  readonly id: string;
  readonly got: readonly Got[];
  mood: Mood;
  /** Resolves when it got something for which this holds. */
  until(holds: (all: readonly Got[]) => boolean): Promise<void>;
}

/** What the convention says, made anew: the product's own check is not asked. */
const isSigned = (headers: IncomingHttpHeaders, body: string, secret: string): boolean => {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const told = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const age = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']));
  const mac = `v1,${createHmac('sha256', key).update(told).digest('base64')}`;
  return age < 300 && headers['webhook-signature'] === mac;
};

const takes = (response: ServerResponse) => response.writeHead(204).end();
const fails = (response: ServerResponse) => response.writeHead(500).end('no');

/** Receivers on one port of this machine, each at its own path, and a canary that nobody is to call. */
const receive = async (run: FaultRun) => {
  const paths = new Map<
    string,
    { readonly secret: string; take(got: Got, response: ServerResponse): void }
  >();
  const stub = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const path = paths.get(request.url ?? '');
    const { data } = JSON.parse(body);
    const got: Got = {
      id: String(request.headers['webhook-id']),
      sessionId: String(data.sessionId),
      words: String(data.event.message),
      at: performance.now(),
      isSigned: isSigned(request.headers, body, path?.secret ?? ''),
    };
    path?.take(got, response);
  });
  const canary = createServer((_, response) => response.end());
  let calls = 0;
  canary.on('connection', () => calls++);
  const [base, elsewhere] = [`http://${await listen(run, stub)}`, `http://${await listen(run, canary)}`];
  return {
    elsewhere,
    canaryCalls: () => calls,
    /** Makes a receiver, and a webhook that tells it what is logged. */
    async receiver(server: ServerUnderTest, path: string, mood: Mood): Promise<Receiver> {
      const url = `${base}${path}`;
      const made = await server.json('POST', '/api/v1/webhooks', { url, events: ['session.log'] });
      const got: Got[] = [];
      const waiting = new Set<() => void>();
      const receiver: Receiver = {
        id: String(made.id),
        got,
        mood,
        until: (holds) =>
          new Promise((resolve) => {
            const look = () => {
              if (!holds(got)) return;
              waiting.delete(look);
              resolve();
            };
            waiting.add(look);
            look();
          }),
      };
      paths.set(path, {
        secret: String(made.secret),
        take(message, response) {
          got.push(message);
          receiver.mood(response, message);
          for (const look of [...waiting]) look();
        },
      });
      return receiver;
    },
  };
};

/** What each session was told of, in the order it came; a message that is tried again counts once. */
const wordsBySession = (all: readonly Got[]): Record<string, string[]> => {
  const words: Record<string, string[]> = {};
  const known = new Set<string>();
  for (const { id, sessionId, words: said } of all) {
    if (known.has(id)) continue;
    known.add(id);
    words[sessionId] = [...(words[sessionId] ?? []), said];
  }
  return words;
};

const states = async (server: ServerUnderTest, { id }: { readonly id: string }) => {
  const { state, deadLetters, reason } = await server.json('GET', `/api/v1/webhooks/${id}`);
  return { state, deadLetters, reason };
};

faultTest('F27: receivers that fail, hang, drip, redirect and leave hold up nobody else', {}, async (run) => {
  const [attempts, firstMs, count] = [3, 40, byTier(6, 60)];
  const webhooks = { webhookNetworks: ['127.0.0.1'], webhookRetryMs: firstMs, webhookAttempts: attempts };
  const server = run.server({ settings: webhooks });
  await server.start();
  const sessions = await endedSessions(server, 2);
  const total = count * sessions.length;
  const everything = Object.fromEntries(
    sessions.map((id) => [id, Array.from({ length: count }, (_, index) => `${index}`)]),
  );
  const hasAll = (all: readonly Got[]): boolean => new Set(all.map(({ id }) => id)).size === total;
  const stub = await receive(run);
  const open = (path: string, mood: Mood) => stub.receiver(server, path, mood);

  // The bad ones first: whoever comes first takes the places.
  const held: ServerResponse[] = [];
  const hanging = await open('/hangs', (response) => held.push(response));
  const dripping = await open('/drips', (response, { words }) => {
    if (words !== '0') {
      takes(response);
      return;
    }
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(drip));
  });
  const failing = await open('/fails', fails);
  const elsewhere = `${stub.elsewhere}/`;
  const leading = await open('/leads-away', (response) =>
    response.writeHead(307, { location: elsewhere }).end(),
  );
  const leaving = await open('/leaves', (response) => response.writeHead(410).end());
  const wavering = await open('/wavers', (response, { id }) => {
    const tries = wavering.got.filter((got) => got.id === id).length;
    if (tries < attempts) fails(response);
    else takes(response);
  });
  const good = await open('/good', takes);

  const appendedAt = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    for (const sessionId of sessions) {
      appendedAt.set(`${sessionId} ${index}`, performance.now());
      expect(await append(server, sessionId, [`${index}`])).toBe(201);
    }
  }

  // The good one has everything while the hanging one is still at its first message.
  await good.until(hasAll);
  expect(hanging.got.map(({ words }) => words)).toEqual(['0']);
  expect(good.got).toHaveLength(total);
  expect(wordsBySession(good.got)).toEqual(everything);
  const delays = good.got.map(
    ({ at, sessionId, words }) => at - (appendedAt.get(`${sessionId} ${words}`) ?? 0),
  );
  const slowest = Math.max(...delays);
  run.struck(hanging.got.length);
  run.tell(`the good receiver had each message within ${Math.round(slowest)} ms`);
  // A machine that does other things as well is no bad receiver: there it counts that it was before the first timeout.
  expect(slowest).toBeLessThan(byTier(10_000, 1_000));

  // Who wavers gets each message as often as it takes, and in order.
  await wavering.until((all) => all.length === total * attempts);
  expect(wordsBySession(wavering.got)).toEqual(everything);
  expect(await states(server, wavering)).toMatchObject({ state: 'enabled', deadLetters: 0 });

  // What is never taken is tried as often as said, at the times that were said, and then the next one is sent.
  for (const receiver of [failing, leading]) {
    await receiver.until((all) => all.length === total * attempts);
    expect(wordsBySession(receiver.got)).toEqual(everything);
    for (const sessionId of sessions) {
      const own = receiver.got.filter((got) => got.sessionId === sessionId);
      own.forEach(({ id, at }, index) => {
        const [tried, before] = [index % attempts, own[index - 1]];
        if (tried === 0 || before === undefined) return;
        expect(before.id).toBe(id);
        // A timer of the server may be early by a part of a millisecond, and counts whole ones.
        expect(at - before.at).toBeGreaterThan(firstMs * 3 ** (tried - 1) - 2);
      });
    }
    await expect.poll(() => states(server, receiver)).toMatchObject({ state: 'enabled', deadLetters: total });
    run.struck(receiver.got.length);
  }
  expect(stub.canaryCalls()).toBe(0);

  // Who is gone is not asked again.
  expect(await states(server, leaving)).toEqual({
    state: 'disabled',
    deadLetters: 0,
    reason: 'The receiver answered 410: it is gone.',
  });
  expect(new Set(leaving.got.map(({ words }) => words))).toEqual(new Set(['0']));
  run.struck(leaving.got.length);

  // A status counts when it was said, however slowly the rest comes.
  await dripping.until(hasAll);
  expect(dripping.got).toHaveLength(total);
  expect(wordsBySession(dripping.got)).toEqual(everything);

  // When they are mended they get what they missed: who hung by itself, who gave up when somebody says so.
  hanging.mood = takes;
  for (const response of held) response.destroy();
  await hanging.until(hasAll);
  expect(wordsBySession(hanging.got)).toEqual(everything);
  failing.mood = takes;
  const before = failing.got.length;
  const dead = new Set(failing.got.map(({ id }) => id));
  const replayed = await server.json('POST', `/api/v1/webhooks/${failing.id}/replay`, { deadLetters: true });
  expect(replayed).toMatchObject({ messages: total });
  await failing.until((all) => all.length === before + total);
  const again = failing.got.slice(before);
  expect(new Set(again.map(({ id }) => id))).toEqual(dead);
  expect(wordsBySession(again)).toEqual(everything);
  await expect.poll(() => states(server, failing)).toMatchObject({ deadLetters: 0 });

  const all = [hanging, dripping, failing, leading, leaving, wavering, good].flatMap(({ got }) => got);
  expect(all.filter(({ isSigned }) => !isSigned)).toEqual([]);
});
