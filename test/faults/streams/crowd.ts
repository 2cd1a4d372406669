import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { ServerUnderTest } from '../harness/server.ts';

/** A subscriber that costs next to nothing, so that one process can be thousands of them. It only looks at ids. */
export interface Member {
  /** The number in the last id it was shown; 0 at first. */
  readonly last: number;
  /** Events that did not come although one after them did, and events that came although they had come before. */
  readonly lost: number;
  readonly doubled: number;
  readonly resyncs: number;
  readonly connections: number;
  /** Bytes of `data:` lines. */
  readonly bytes: number;
  /** How long the server asked it to wait, each time it said so. */
  readonly retries: readonly number[];
  readonly isOpen: boolean;
  /** Stops reading: what comes stays with the system until that has no room any more. */
  stall(): void;
  resume(): void;
  /** Drops its connection without a word, and does not come back before `comeBack`. */
  cut(): void;
  comeBack(): void;
  leave(): void;
}

/** Subscribers of one session. */
export interface Crowd {
  readonly members: readonly Member[];
  /** Resolves when each of these has been shown the event with this number. */
  reached(number: number, members?: readonly Member[], patienceMs?: number): Promise<void>;
  leave(): void;
}

/** Opens `size` streams, a few at a time; resolves when each has its head. */
export const gather = async (
  server: ServerUnderTest,
  sessionId: string,
  size: number,
  { from = 0, epoch = '' }: { readonly from?: number; readonly epoch?: string } = {},
): Promise<Crowd> => {
  const key = await server.key();
  const url = () => `${server.url}/api/v1/sessions/${sessionId}/events`;
  const start = from === 0 ? undefined : `${epoch}-${from}`;
  const members = Array.from({ length: size }, () => new Subscriber(url, key, start));
  const atOnce = 100;
  for (let first = 0; first < size; first += atOnce) {
    const some = members.slice(first, first + atOnce);
    for (const member of some) member.comeBack();
    await until(() => some.every(({ isOpen }) => isOpen), 60_000, 'a stream was not opened');
  }
  return {
    members,
    reached: (number, some = members, patienceMs = 60_000) =>
      until(
        () => some.every(({ last }) => last >= number),
        patienceMs,
        () => {
          const behind = some.filter(({ last }) => last < number);
          return `${behind.length} of ${some.length} have not seen ${number}, one of them only ${behind[0]?.last}`;
        },
      ),
    leave() {
      for (const member of members) member.leave();
    },
  };
};

const until = (holds: () => boolean, patienceMs: number, complaint: string | (() => string)): Promise<void> =>
  new Promise((resolve, reject) => {
    // Asked a few times a second: thousands of members would ask thousands of times for each event.
    const settle = (act: () => void) => {
      clearInterval(timer);
      clearTimeout(late);
      act();
    };
    const timer = setInterval(() => holds() && settle(resolve), 20);
    const late = setTimeout(
      () => settle(() => reject(new Error(typeof complaint === 'string' ? complaint : complaint()))),
      patienceMs,
    );
  });

class Subscriber implements Member {
  last = 0;
  lost = 0;
  doubled = 0;
  resyncs = 0;
  connections = 0;
  bytes = 0;
  readonly retries: number[] = [];
  isOpen = false;
  private lastId: string | undefined;
  private request: ClientRequest | undefined;
  private response: IncomingMessage | undefined;
  private rest = '';
  private id = '';
  private isAway = true;
  private isStalled = false;
  private readonly url: () => string;
  private readonly key: string;

  constructor(url: () => string, key: string, lastId: string | undefined) {
    this.url = url;
    this.key = key;
    this.lastId = lastId;
    this.last = numberIn(lastId);
  }

  comeBack(): void {
    this.isAway = false;
    this.connections += 1;
    this.rest = '';
    const headers = {
      authorization: `ApiKey ${this.key}`,
      accept: 'text/event-stream',
      ...(this.lastId === undefined ? {} : { 'last-event-id': this.lastId }),
    };
    const request = get(this.url(), { headers, agent: new Agent() }, (response) => {
      this.response = response;
      this.isOpen = true;
      if (this.isStalled) response.pause();
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.take(text));
      response.on('error', () => undefined);
      response.on('close', () => this.closed(request));
    });
    request.on('error', () => this.closed(request));
    this.request = request;
  }

  private closed(request: ClientRequest): void {
    if (this.request !== request) return;
    this.isOpen = false;
    this.request = undefined;
    this.response = undefined;
    if (!this.isAway) setTimeout(() => this.isAway || this.comeBack(), 20);
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('id: ')) this.id = line.slice(4);
      else if (line.startsWith('retry: ')) this.retries.push(Number(line.slice(7)));
      else if (line.startsWith('data: ')) this.show(line.slice(6));
    }
  }

  private show(data: string): void {
    this.bytes += data.length;
    const number = numberIn(this.id);
    this.lastId = this.id;
    if (data.startsWith('{"type":"resync"')) {
      this.resyncs += 1;
      this.last = number;
      return;
    }
    if (number <= this.last) this.doubled += 1;
    else this.lost += number - this.last - 1;
    this.last = number;
  }

  stall(): void {
    this.isStalled = true;
    this.response?.pause();
  }

  resume(): void {
    this.isStalled = false;
    this.response?.resume();
  }

  cut(): void {
    this.isAway = true;
    this.request?.destroy();
  }

  leave(): void {
    this.cut();
  }
}

const numberIn = (id: string | undefined): number =>
  id === undefined ? 0 : Number(id.slice(id.lastIndexOf('-') + 1));
