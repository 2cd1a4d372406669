import { type TerminalPage, TerminalSize, terminalInputBytes } from '@agent-harbor/api-contract/schemas';
import { untilAborted } from '../call.ts';
import type { Executor, TerminalBatch } from '../executor/executor.ts';
import type { Idempotency } from '../idempotency.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import { createOnce, remember } from '../task/once.ts';
import { commandId } from '../task/prompting.ts';
import { terminalOf } from './size.ts';
import {
  readTerminal,
  type TerminalStep,
  terminalId,
  terminalPlace,
  terminalSteps,
} from './terminal-reader.ts';
import type { LocalTerminals, WatchOptions } from './terminals.ts';

export interface TerminalParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly hub: Hub;
  readonly ids: Ids;
  readonly idempotency: Idempotency;
}

/** How much of what is kept a page holds, characters of base64, unless one batch is more. */
const pageCharacters = 256 * 1024;

export const createTerminals = (parts: TerminalParts, scope: Scope): LocalTerminals => {
  const { store, sessions, executor, hub, ids } = parts;
  const once = createOnce(parts.idempotency, scope);

  /** The session, which has a terminal. */
  const known = async (sessionId: string, signal?: AbortSignal): Promise<SessionRecord> => {
    throwIfAborted(signal);
    const { record } = await sessions.get(sessionId, scope);
    if (terminalOf(record.agent.settings) !== undefined) return record;
    throw new Problem('terminal-not-found', {
      detail: `The agent of session ${sessionId} does not run in a terminal.`,
    });
  };

  /** The frames of a session; of one that waits for its turn once it has it. */
  async function* batches(
    sessionId: string,
    after: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TerminalBatch, void> {
    for (;;) {
      if (signal?.aborted || hub.closed) return;
      const channel = hub.channel(sessionId);
      const { turn } = channel;
      const { status } = (await sessions.get(sessionId, scope)).record;
      if (status !== 'queued' && status !== 'provisioning') break;
      if (channel.turn === turn) await channel.changed(signal);
    }
    yield* executor.terminal(sessionId, after, { signal });
  }

  const open = async (sessionId: string, { after, signal }: WatchOptions) => {
    const { status } = await known(sessionId, signal);
    const place = terminalPlace(after);
    const steps = terminalSteps(place, batches(sessionId, place.number, signal));
    return { place, steps, isOver: isTerminal(status) };
  };

  /** Does something at the terminal of a session that runs. */
  const act = (
    route: string,
    sessionId: string,
    wish: unknown,
    options: Parameters<LocalTerminals['typeTerminal']>[2] = {},
    give: (id: string) => Promise<void>,
  ): Promise<void> =>
    once<void>(
      route,
      [sessionId, wish],
      options,
      async (calling) => {
        const { status } = await known(sessionId, calling.signal);
        if (isTerminal(status)) throw new Problem('session-ended', { detail: `The session is ${status}.` });
        if (status !== 'running')
          throw new Problem('wrong-state', {
            detail: `The session is ${status}; its terminal takes nothing now.`,
          });
        await untilAborted(calling.signal, () => give(commandId(ids, calling, sessionId)));
        await remember(store, calling, undefined);
      },
      () => undefined,
    );

  return {
    async *watchTerminal(sessionId, options = {}) {
      const { steps } = await open(sessionId, options);
      for await (const step of steps) {
        if (options.signal?.aborted) return;
        if ('resync' in step) yield { id: step.cursor, frame: step.resync };
        else yield* step.frames.map((frame, index) => ({ id: terminalId(step.first + index), frame }));
      }
    },

    async openTerminal(sessionId, options = {}) {
      const { place, steps, isOver } = await open(sessionId, options);
      // Whether there is anything left of one that is over is said before the first frame.
      return readTerminal(place, steps, isOver ? await steps.next() : undefined);
    },

    async terminalPage(sessionId, { after, signal } = {}) {
      await known(sessionId, signal);
      const place = terminalPlace(after);
      const kept = executor.terminal(sessionId, place.number, { live: false, signal });
      const page: TerminalPage = { items: [], after: terminalId(place.number) };
      let characters = 0;
      for await (const step of terminalSteps(place, kept)) {
        page.after = step.cursor;
        if ('resync' in step) continue;
        page.items.push(...step.frames);
        characters += charactersOf(step);
        if (characters >= pageCharacters) break;
      }
      return page;
    },

    async typeTerminal(sessionId, input, options) {
      const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
      if (bytes.length > terminalInputBytes) {
        throw new Problem('payload-too-large', {
          detail: `There are ${bytes.length} bytes to type; at once at most ${terminalInputBytes}.`,
        });
      }
      const data = base64Of(bytes);
      await act('terminal.input', sessionId, data, options, (id) => executor.type(sessionId, { id, data }));
    },

    async resizeTerminal(sessionId, wish, options) {
      const size = parse(TerminalSize, wish);
      await act('terminal.resize', sessionId, size, options, (id) =>
        executor.resize(sessionId, { id, ...size }),
      );
    },
  };
};

const charactersOf = ({ frames }: Extract<TerminalStep, { frames: unknown }>): number =>
  frames.reduce((sum, frame) => sum + (frame.type === 'terminal' ? frame.data.length : 0), 0);

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
};
