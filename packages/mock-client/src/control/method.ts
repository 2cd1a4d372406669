import type { SendMessage } from '@agent-harbor/api-contract/schemas';
import type {
  Catalogue,
  Conversations,
  Deliveries,
  EventLog,
  HarborView,
  ReplyOptions,
  SubscribeOptions,
  TaskManager,
  Terminals,
  Webhooks,
  Workspaces,
} from '@agent-harbor/core';

type Calls = Omit<TaskManager, 'description'> &
  Workspaces &
  Catalogue &
  Conversations &
  Deliveries &
  Terminals &
  Webhooks &
  Pick<EventLog, 'history' | 'logs'>;

/** The name of a call of any port. A stream of events is `subscribe`, through whichever port it is opened. */
export type Method = keyof Calls;

/** What a call is made with. The stream of all sessions has no session id; a reply may be opened when its message is sent. */
type ArgumentsOf<Name extends Method> = Name extends 'subscribe'
  ? [sessionId: string | undefined, options?: SubscribeOptions]
  : Name extends 'streamMessage'
    ? [sessionId: string, message: SendMessage | undefined, options?: ReplyOptions]
    : Parameters<Calls[Name]>;

/** One call, as rules see it. */
export interface MockCall<Name extends Method = Method> {
  readonly method: Name;
  readonly args: Readonly<ArgumentsOf<Name>>;
  /** 1 for the first call of this method, 2 for the second, and so on. */
  readonly count: number;
}

/**
 * Where something happens to a call. `call`: before it has any effect. `answer`: what was asked for has happened, the
 * caller has not heard of it yet; also what a stream delivers.
 */
export type Point = 'call' | 'answer';

/** Calls that give in another form what another one gives: what happens to the one happens to the other. */
const otherForms: ReadonlyMap<string, Method> = new Map([
  ['sessionText', 'getSession'],
  ['sessionsText', 'listSessions'],
  ['openTerminal', 'watchTerminal'],
  ['terminalPage', 'watchTerminal'],
  ['openReply', 'streamMessage'],
  ['replyPage', 'streamMessage'],
]);

/** The names of all calls. */
export const methodsOf = ({
  tasks,
  workspaces,
  catalogue,
  conversations,
  deliveries,
  terminals,
  webhooks,
  events,
}: HarborView): ReadonlySet<string> => {
  const { open: _, ...reading } = events;
  const members = [
    tasks,
    workspaces,
    catalogue,
    conversations,
    deliveries,
    terminals,
    webhooks,
    reading,
  ].flatMap((port) => Object.entries(port));
  const calls = members.filter(([name, member]) => typeof member === 'function' && !otherForms.has(name));
  return new Set(calls.map(([name]) => name));
};

/** The call that a member of a port is, or stands for; undefined when it is none. */
export const callOf = (methods: ReadonlySet<string>, member: string | symbol): Method | undefined => {
  const name = (typeof member === 'string' ? otherForms.get(member) : undefined) ?? member;
  return isMethod(methods, name) ? name : undefined;
};

const isMethod = (methods: ReadonlySet<string>, name: string | symbol): name is Method =>
  typeof name === 'string' && methods.has(name);
