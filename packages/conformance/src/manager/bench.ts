import type {
  CreateTask,
  LaunchedTask,
  SessionEvent,
  SessionStatus,
} from '@agent-harbor/api-contract/schemas';
import type { MutationOptions, StreamItem, SubscribeOptions } from '@agent-harbor/core';
import type { Check } from '../check.ts';
import { CheckFailed, holds } from '../expect.ts';
import type { Behaviour, ManagerContext } from './context.ts';

/** What a check works with: the implementation, and the usual moves. */
export interface Bench extends ManagerContext {
  /** A request for one session of an agent that waits, with other members where they are given. */
  request(members?: Partial<CreateTask>): CreateTask;
  /** Launches that request. */
  launch(members?: Partial<CreateTask>, options?: MutationOptions): Promise<LaunchedTask>;
  /** Launches one session of an agent that behaves so, and gives its id. */
  start(behaviour: Behaviour): Promise<string>;
  /** Everything the stream has until it ends, for checks that settle several things together. */
  collect(sessionId: string, options?: SubscribeOptions): Promise<StreamItem[]>;
  /** The same, settled. */
  read(sessionId: string, options?: SubscribeOptions): Promise<StreamItem[]>;
  /** Reads until an item is the one that was waited for, and leaves the stream. */
  readUntil(
    sessionId: string,
    found: (item: StreamItem) => boolean,
    options?: SubscribeOptions,
  ): Promise<StreamItem[]>;
  /** Launches, waits for the end, gives id and events. */
  finished(behaviour: Behaviour): Promise<{ readonly id: string; readonly items: StreamItem[] }>;
  /** Waits until the session has this status. */
  reach(sessionId: string, status: SessionStatus): Promise<void>;
}

/** A check of the manager suite. Sessions it launched and that still live are cancelled afterwards. */
export const check = (
  name: string,
  promises: string,
  run: (bench: Bench) => Promise<void>,
): Check<ManagerContext> => ({
  name,
  promises,
  run: async (context) => {
    const launched: string[] = [];
    try {
      await run(createBench(context, launched));
    } finally {
      // What the check says counts; a session that is gone already needs no second end.
      await context.settle(
        Promise.allSettled(launched.map((sessionId) => context.manager.cancelSession(sessionId))),
      );
    }
  },
});

const createBench = (context: ManagerContext, launched: string[]): Bench => {
  const { manager, settle, agent, repo } = context;

  const request: Bench['request'] = (members = {}) => {
    const agents = members.agent === undefined ? { agents: [agent('waits')] } : {};
    return { prompt: 'Do it', repo, ...agents, ...members };
  };
  const launch: Bench['launch'] = async (members, options) => {
    const task = await settle(manager.launch(request(members), options));
    launched.push(...task.session_ids);
    return task;
  };
  const start: Bench['start'] = async (behaviour) => (await launch({ agents: [agent(behaviour)] })).id;

  const readUntil: Bench['readUntil'] = (sessionId, found, options) =>
    settle(
      (async () => {
        const items: StreamItem[] = [];
        for await (const item of manager.subscribe(sessionId, options)) {
          items.push(item);
          if (found(item)) return items;
        }
        throw new CheckFailed(`the stream ended without what was waited for: ${story(items)}`);
      })(),
    );
  const collect: Bench['collect'] = async (sessionId, options) => {
    const items: StreamItem[] = [];
    for await (const item of manager.subscribe(sessionId, options)) items.push(item);
    return items;
  };
  const read: Bench['read'] = (sessionId, options) => settle(collect(sessionId, options));

  return {
    ...context,
    request,
    launch,
    start,
    collect,
    read,
    readUntil,
    finished: async (behaviour) => {
      const id = await start(behaviour);
      return { id, items: await read(id) };
    },
    reach: async (sessionId, status) => {
      await readUntil(sessionId, ({ event }) => event.type === 'status' && event.status === status);
    },
  };
};

/** The events of items, without the stream's own words. */
export const eventsOf = (items: readonly StreamItem[]): SessionEvent[] =>
  items.map(({ event }) => {
    holds(isSessionEvent(event), `an event of this contract was expected, got ${event.type}`);
    return event;
  });

const isSessionEvent = (event: StreamItem['event']): event is SessionEvent =>
  event.type !== 'resync' && 'seq' in event;

/** The statuses a session went through. */
export const statusesOf = (items: readonly StreamItem[]): SessionStatus[] =>
  eventsOf(items).flatMap((event) => (event.type === 'status' ? [event.status] : []));

export const idsOf = (items: readonly StreamItem[]): string[] => items.map(({ id }) => id);

/** The items in a few words, for messages. */
export const story = (items: readonly StreamItem[]): string =>
  items.map(({ event }) => (event.type === 'status' ? String(event.status) : event.type)).join(', ');

/** Ids nothing has: not made yet, no ids at all, and such as could reach something else by a path. */
export const unknownIds: readonly string[] = [
  '01JZZZZZZZZZZZZZZZZZZZZZZZ',
  'nothing',
  '',
  '.',
  '..',
  'a/b',
  '%2e%2e',
  '?archived=true',
  'ünïcode',
  "' OR 1=1 --",
];
