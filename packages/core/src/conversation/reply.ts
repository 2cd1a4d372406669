import {
  type EventType,
  finalContentBytes,
  ReplyFrame,
  type ReplyPage,
  SessionEvent,
} from '@agent-harbor/api-contract/schemas';
import { cutText } from '../event/cut-text.ts';
import type { EventLog } from '../harbor.ts';
import { parse } from '../parse.ts';
import type { Scope } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { formatEventId, parseEventId } from '../stream/id.ts';
import type { EventBatch, EventReader, Look } from '../stream/reader.ts';
import { messageId } from './project.ts';

/** What a reply is read from. */
export interface ReplyParts {
  readonly store: Store;
  readonly events: EventLog;
}

/** Whose reply is read, and from where on. */
export interface ReplyRequest {
  readonly sessionId: string;
  /** The event of the message that is replied to. */
  readonly seq: number;
  /** Goes on behind this id; from the beginning when absent. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The events a reply is told by. */
const telling = ['user_input', 'message', 'tool_use', 'status'] as const satisfies EventType[];

/** A page of a reply holds at most some bytes of JSON more. */
const pageBytes = 256 * 1024;

/**
 * Reads the reply to a message from the log: what the agent says and does behind it, until it waits or its session has
 * ended. Everything it tells is durable, and can be read again from any place.
 */
export const openReply = async (
  { store, events }: ReplyParts,
  scope: Scope,
  { sessionId, seq, after, signal }: ReplyRequest,
): Promise<EventReader> => {
  const start = formatEventId(store.epoch, seq - 1);
  const place = after === undefined ? undefined : parseEventId(after);
  // Of another history nothing is known: the log says so, and the reply is told from its beginning.
  const isForeign = place !== undefined && place.epoch !== store.epoch;
  const number = place === undefined || isForeign ? seq - 1 : place.number;
  const isOver = number >= seq && (await endOf(store, scope, sessionId, seq, number)) !== undefined;
  const log = await events.open({
    sessionId,
    after: isOver || number < seq ? start : after,
    filter: { types: telling },
    signal,
  });
  return new ReplyReader({ store, scope, sessionId, seq }, log, {
    isOver,
    foreignEpoch: isForeign ? place.epoch : undefined,
  });
};

/** What is there of a reply now. */
export const replyPage = async (reader: EventReader): Promise<ReplyPage> => {
  const items: ReplyFrame[] = [];
  let bytes = 0;
  for (;;) {
    const found = await reader.look(pageBytes);
    if (found === 'over' || found === 'waiting') break;
    for (const { json } of found.events) {
      bytes += json.length;
      items.push(frameIn(json));
    }
    if (bytes >= pageBytes) break;
  }
  return { items, after: reader.cursor, complete: reader.ended };
};

/** The frame that an event of a reply's reader is. */
export const frameIn = (json: string): ReplyFrame => parse(ReplyFrame, JSON.parse(json), 'reply');

/** Whether a status says that the agent has nothing more to say. */
const endsReply = ({ json }: StoredEvent): boolean => {
  const event = parse(SessionEvent, JSON.parse(json), 'event');
  if (event.type !== 'status') return false;
  return isTerminal(event.status) || (event.status === 'running' && event.reason === 'idle');
};

/** The end of the reply to a message, if it lies at a number or before. */
const endOf = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  seq: number,
  number: number,
): Promise<StoredEvent | undefined> => {
  const place = { scope, sessionId, types: ['status'], before: number + 1, order: 'asc' } as const;
  for (let after = seq; ; ) {
    const rows = await store.events({ ...place, after, limit: 100, maxBytes: pageBytes });
    const end = rows.find(endsReply);
    const last = rows.at(-1);
    if (end !== undefined || last === undefined) return end;
    after = last.seq;
  }
};

/** Where a reply stands in the log. */
interface ReplyPlace {
  readonly store: Store;
  readonly scope: Scope;
  readonly sessionId: string;
  readonly seq: number;
}

/** Gives frames of a reply in the place of the events they are made of. */
class ReplyReader implements EventReader {
  ended: boolean;
  cursor: string;
  private readonly place: ReplyPlace;
  private readonly log: EventReader;
  private foreignEpoch: string | undefined;

  constructor(
    place: ReplyPlace,
    log: EventReader,
    { isOver, foreignEpoch }: { readonly isOver: boolean; readonly foreignEpoch: string | undefined },
  ) {
    this.place = place;
    this.log = log;
    this.cursor = log.cursor;
    this.ended = isOver;
    this.foreignEpoch = foreignEpoch;
  }

  get from() {
    return this.log.from;
  }

  idOf(event: StoredEvent): string {
    return this.log.idOf(event);
  }

  idAt(number: number): string {
    return this.log.idAt(number);
  }

  watch(wake: () => void): () => void {
    return this.log.watch(wake);
  }

  look(maxBytes: number): Look | Promise<Look> {
    if (this.ended) return 'over';
    if (this.foreignEpoch !== undefined) return this.startAnew();
    const found = this.log.look(maxBytes);
    return found instanceof Promise ? found.then((later) => this.told(later)) : this.told(found);
  }

  async next(maxBytes: number): Promise<EventBatch | undefined> {
    if (this.ended) return undefined;
    if (this.foreignEpoch !== undefined) return this.startAnew();
    const batch = await this.log.next(maxBytes);
    if (batch !== undefined) return this.tell(batch);
    this.ended = this.log.ended;
    return undefined;
  }

  private startAnew(): EventBatch {
    this.foreignEpoch = undefined;
    const { store, seq } = this.place;
    const oldest = formatEventId(store.epoch, seq);
    const resync = { type: 'resync', oldest, epoch: store.epoch, reason: 'foreign-epoch' } as const;
    return { events: [], cursor: this.cursor, resync };
  }

  private told(found: Look): Look | Promise<Look> {
    if (found === 'over') this.ended = this.log.ended;
    return typeof found === 'string' ? found : this.tell(found);
  }

  private async tell(batch: EventBatch): Promise<EventBatch> {
    const events: StoredEvent[] = [];
    for (const event of batch.events) {
      const frame = await this.frameOf(event);
      if (frame === undefined) continue;
      events.push({ ...event, json: JSON.stringify(frame) });
      if (frame.type !== 'message_complete') continue;
      this.ended = true;
      this.cursor = this.idOf(event);
      return { events, cursor: this.cursor };
    }
    this.cursor = batch.cursor;
    const { resync, cursor } = batch;
    return { events, cursor, ...(resync === undefined ? {} : { resync }) };
  }

  private async frameOf(stored: StoredEvent): Promise<ReplyFrame | undefined> {
    const event = parse(SessionEvent, JSON.parse(stored.json), 'event');
    const { seq, ts: timestamp } = event;
    if (seq < this.place.seq) return undefined;
    switch (event.type) {
      case 'user_input':
        if (seq !== this.place.seq) return undefined;
        return { type: 'message_start', id: messageId(seq), timestamp, busy: await this.isBusy() };
      case 'message':
        if (event.role !== 'assistant') return undefined;
        return { type: 'content_delta', delta: event.content, message_id: messageId(seq), timestamp };
      case 'tool_use': {
        const { tool_name, tool_args, tool_execution_id } = event;
        return { type: 'tool_call', tool_name, tool_args, tool_execution_id, timestamp };
      }
      case 'status': {
        if (!endsReply(stored)) return undefined;
        const { status } = event;
        const id = messageId(this.place.seq);
        const reason = status === 'running' ? 'idle' : 'ended';
        return { type: 'message_complete', id, timestamp, reason, status, ...(await this.all(seq)) };
      }
      default:
        return undefined;
    }
  }

  /** Whether the agent was at work when it took the message: it waits only where its last status says so. */
  private async isBusy(): Promise<boolean> {
    const { store, scope, sessionId, seq } = this.place;
    const selection = { scope, sessionId, types: ['status'], before: seq } as const;
    const [last] = await store.events({ ...selection, order: 'desc', limit: 1, maxBytes: 1 });
    return last === undefined || !endsReply(last);
  }

  /** All that was said up to the end, and whether it may be about other messages, too. */
  private async all(end: number) {
    const { store, scope, sessionId, seq } = this.place;
    const between = { scope, sessionId, after: seq, before: end } as const;
    let said = '';
    for (let after = seq; said.length <= finalContentBytes; ) {
      const selection = { ...between, after, types: ['message'], order: 'asc' } as const;
      const rows = await store.events({ ...selection, limit: 100, maxBytes: pageBytes });
      const last = rows.at(-1);
      if (last === undefined) break;
      for (const { json } of rows) {
        const event = parse(SessionEvent, JSON.parse(json), 'event');
        if (event.type === 'message' && event.role === 'assistant') said += event.content;
      }
      after = last.seq;
    }
    const final_content = cutText(said, finalContentBytes);
    const isCut = final_content !== said;
    const others = await store.countEvents({ ...between, types: ['user_input'] });
    return {
      final_content,
      ...(isCut ? { truncated: true } : {}),
      shared: others > 0 || (await this.isBusy()),
    };
  }
}
