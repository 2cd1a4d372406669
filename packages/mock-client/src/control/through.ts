import type { HarborView } from '@agent-harbor/core';
import { callOf } from './method.ts';
import { pass } from './pass.ts';
import { openReader, openReply, openTerminal, streamMessage, subscribe, watchTerminal } from './streams.ts';
import { begin, type Way } from './way.ts';

/** The same ports, as callers meet them. */
export const through = (view: HarborView, way: Way): HarborView => ({
  tasks: { ...calls(view.tasks, way), subscribe: subscribe(view.tasks, way) },
  workspaces: calls(view.workspaces, way),
  catalogue: calls(view.catalogue, way),
  deliveries: calls(view.deliveries, way),
  conversations: {
    ...calls(view.conversations, way),
    streamMessage: streamMessage(view.conversations, way),
    openReply: openReply(view.conversations, way),
  },
  webhooks: calls(view.webhooks, way),
  terminals: {
    ...calls(view.terminals, way),
    watchTerminal: watchTerminal(view.terminals, way),
    openTerminal: openTerminal(view.terminals, way),
  },
  events: { ...calls(view.events, way), open: openReader(view.events, way) },
});

/** Every member that is a call and gives a promise. */
const calls = <Port extends object>(port: Port, way: Way): Port => {
  const wrapped = new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      const method = callOf(way.methods, name);
      if (typeof member !== 'function' || method === undefined) return member;
      return async (...args: never) => {
        const call = begin(way, method, args);
        const signal = signalIn(args);
        await pass(way.rules, way.clock, call, 'call', signal);
        // A failure takes its time on the way back too.
        const outcome = await settled(() => Reflect.apply(member, target, args));
        await pass(way.rules, way.clock, call, 'answer', signal);
        return outcome();
      };
    },
  });
  return { ...wrapped };
};

const settled = async <Result>(work: () => Promise<Result>): Promise<() => Result> => {
  try {
    const result = await work();
    return () => result;
  } catch (failure) {
    return () => {
      throw failure;
    };
  }
};

/** The options of a call come last. */
const signalIn = (args: readonly unknown[]): AbortSignal | undefined => {
  const options = args.at(-1);
  if (typeof options !== 'object' || options === null || !('signal' in options)) return undefined;
  return options.signal instanceof AbortSignal ? options.signal : undefined;
};
