import { quickMockAgent } from '@agent-harbor/conformance';
import type { Log } from '@agent-harbor/core';
import {
  createMockClient,
  createVirtualClock,
  globalClock,
  type MockClient,
} from '@agent-harbor/mock-client';
import { createMockHandlers } from '@agent-harbor/rest-api/msw';
import { connect } from '@agent-harbor/rest-client';
import { setupWorker } from 'msw/browser';
import { judgeManager, quickTask, repo } from './verdicts.ts';

/** Where the page believes the server to be: a name that nobody answers to. */
const base = 'http://harbor.test';

const worker = setupWorker();

const start = async () => {
  await worker.start({ quiet: true, onUnhandledFrame: 'bypass' });
};

const serve = (mock: Pick<MockClient, 'harbor' | 'clock'>, log?: Log) =>
  worker.resetHandlers(...createMockHandlers(mock, { base, log }));

/** A mock that stands still until the page moves it, and a client that reaches it by `fetch`. */
const open = (log?: Log) => {
  const clock = createVirtualClock();
  const mock = createMockClient({ clock, seed: 'page' });
  serve(mock, log);
  const harbor = connect({ base, backoff: { baseMs: 1, maxMs: 5 } });
  const close = async () => {
    await harbor.close();
    await mock.close();
  };
  return { ...mock, clock, harbor, close };
};

/** Every promise of a task manager, for the client whose calls the worker answers. */
const judgeThroughWorker = () =>
  judgeManager(async () => {
    const mock = createMockClient({ maxConcurrentTasks: 2, clock: globalClock });
    serve(mock);
    const harbor = connect({ base });
    const { tasks: manager, workspaces, catalogue, conversations, deliveries, webhooks, terminals } = harbor;
    return {
      context: {
        manager,
        workspaces,
        catalogue,
        conversations,
        webhooks,
        deliveries,
        terminals,
        agent: quickMockAgent,
        repo,
        settle: (work) => work,
      },
      async close() {
        await harbor.close();
        await mock.close();
      },
    };
  });

/** Reads a session live while its stream breaks again and again. */
const followBrokenStream = async () => {
  const { clock, control, harbor, tasks, close } = open();
  const { id } = await harbor.tasks.launch(quickTask());
  control.fail('subscribe', { problem: 'connection-failed', afterItems: 2, times: 2 });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const item of harbor.tasks.subscribe(id)) {
      seen.push(item.id);
      await clock.advanceToNext();
    }
  })();
  await reading;
  const all: string[] = [];
  for await (const item of tasks.subscribe(id)) all.push(item.id);
  const { status } = await harbor.tasks.getSession(id);
  await close();
  return { seen, all, status };
};

/** Whether what happens later reaches a reader who waits for it. */
const streamLive = async () => {
  const { clock, harbor, close } = open();
  const { id } = await harbor.tasks.launch(quickTask());
  const stream = harbor.tasks.subscribe(id)[Symbol.asyncIterator]();
  const first = await stream.next();
  let early = 1;
  let next = stream.next();
  const quiet = () => new Promise<'quiet'>((resolve) => setTimeout(() => resolve('quiet'), 200));
  for (
    let came = await Promise.race([next, quiet()]);
    came !== 'quiet';
    came = await Promise.race([next, quiet()])
  ) {
    early += 1;
    next = stream.next();
  }
  await clock.advance(60_000);
  let late = 0;
  for (let came = await next; !came.done; came = await stream.next()) late += 1;
  await close();
  return { first: first.done, early, late };
};

/** How long the handlers go on with a stream whose reader has left. */
const leaveStream = async () => {
  const ended: unknown[] = [];
  const wake: (() => void)[] = [];
  const info: Log['info'] = (_, fields) => {
    if (fields?.route !== 'sessions.events') return;
    ended.push(fields.status);
    for (const resolve of wake.splice(0)) resolve();
  };
  const { harbor, close } = open({ info, warn: () => {}, error: () => {} });
  const { id } = await harbor.tasks.launch(quickTask());
  const leaving = new AbortController();
  const reader = harbor.tasks.subscribe(id, { signal: leaving.signal })[Symbol.asyncIterator]();
  await reader.next();
  const before = [...ended];
  const left = new Promise<void>((resolve) => wake.push(resolve));
  leaving.abort();
  await left;
  await close();
  return { before, ended };
};

/** What an EventSource gets from after `after` on: the ids, and whether it was told that nothing is left. */
const readEventSource = (url: string): Promise<{ ids: string[]; isOver: boolean }> =>
  new Promise((resolve) => {
    const ids: string[] = [];
    const source = new EventSource(url);
    source.onmessage = ({ lastEventId }) => {
      ids.push(lastEventId);
    };
    source.onerror = () => {
      const isOver = source.readyState === EventSource.CLOSED;
      source.close();
      resolve({ ids, isOver });
    };
  });

/** An EventSource whose stream breaks; then others that go on where it broke. */
const followByEventSource = async () => {
  const { clock, control, harbor, close } = open();
  const { id } = await harbor.tasks.launch(quickTask());
  await clock.advance(60_000);
  control.fail('subscribe', { problem: 'connection-failed', afterItems: 3, times: 1 });
  const url = `${base}/api/v1/sessions/${id}/events`;
  const first = await readEventSource(url);
  // A worker of Chromium is not told the Last-Event-ID of an EventSource: the page says it in the address.
  const rest = await readEventSource(`${url}?after=${first.ids.at(-1)}`);
  const last = await readEventSource(`${url}?after=${rest.ids.at(-1)}`);
  await close();
  return { first, rest, last };
};

Object.assign(globalThis, {
  start,
  judgeThroughWorker,
  followBrokenStream,
  streamLive,
  leaveStream,
  followByEventSource,
});
