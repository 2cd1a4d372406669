import { type Clock, Problem, throwIfAborted } from '@agent-harbor/core';
import type { ForgePlace } from './create-forges.ts';
import { readLimited } from './read-limited.ts';
import { refusalOf, unreachable } from './refusal.ts';

/** One call of a forge's interface. */
interface ForgeCall {
  readonly method: 'GET' | 'POST';
  /** Below the interface's address, with every part of it encoded. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** Headers of this interface. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What it gave: 2xx, or one of the statuses that were asked for. */
interface ForgeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls one forge. Everything that goes wrong is a problem that says what to mend, and never has the token in it. */
export interface Caller {
  call(call: ForgeCall, accept: readonly number[], signal?: AbortSignal): Promise<ForgeAnswer>;
  readonly host: string;
}

interface CallerParts {
  readonly place: ForgePlace;
  /** The repository, for people. */
  readonly name: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** An answer is never longer than this, bytes. */
const answerBytes = 4 * 1024 * 1024;

export const createCaller = ({ place, name, clock, timeoutMs }: CallerParts): Caller => ({
  host: place.host,
  async call({ method, path, body, headers }, accept, signal) {
    throwIfAborted(signal);
    const token = await place.token();
    if (token === undefined) {
      throw new Problem('delivery-failed', {
        detail: `The server has no token for ${place.host}: give it one in ${place.tokenSource}.`,
      });
    }
    const timeout = new AbortController();
    const cancel = clock.schedule(timeoutMs, () => timeout.abort());
    const ending = AbortSignal.any([timeout.signal, ...(signal === undefined ? [] : [signal])]);
    const about = { place, name, token };
    try {
      const response = await fetch(`${place.apiUrl}${path}`, {
        method,
        // A redirect could lead the token somewhere else.
        redirect: 'manual',
        signal: ending,
        headers: {
          'user-agent': 'agent-harbor',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await readLimited(response, answerBytes);
      if (!response.ok && !accept.includes(response.status))
        throw refusalOf(about, response, text, clock.now());
      return { status: response.status, body: jsonOf(text) };
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof Problem) throw error;
      throw unreachable(about, timeout.signal.aborted, error);
    } finally {
      cancel();
    }
  },
});

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
