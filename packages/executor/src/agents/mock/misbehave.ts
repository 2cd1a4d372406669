import { join } from 'node:path';
import { type Action, floodText, type Lie, noMessage, refusedWords, unmade } from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import type { MockProcess } from './serve.ts';

type Flood = Extract<Action, { type: 'flood' }>['flood'];

/** What the protocol's library would not let an agent do. */
export interface Misbehaviour {
  /** Says it all as fast as the client takes it, or until the turn is not wanted any more. */
  flood(flood: Flood, signal: AbortSignal): Promise<void>;
  lie(call: number, lie: Lie): Promise<void>;
}

/** Longer than a line that any client takes: ours stops at 32 MiB. */
const endlessBytes = 40 * 1024 * 1024;

export const createMisbehaviour = (
  client: acp.AgentContext,
  sessionId: string,
  cwd: string,
  io: MockProcess,
): Misbehaviour => {
  /** Beside the library, which writes every message at once: what is written here stands between two of them. */
  const write = (text: string) => writeTo(io.output, text);
  const message = (body: object) => write(`${JSON.stringify({ jsonrpc: '2.0', ...body })}\n`);
  const update = (body: object, session = sessionId) =>
    message({ method: 'session/update', params: { sessionId: session, update: body } });
  const say = (text: string, messageId: string) =>
    update({ sessionUpdate: 'agent_message_chunk', messageId, content: { type: 'text', text } });
  const tool = (toolCallId: string, status: 'completed' | 'failed', more: object) =>
    update({ sessionUpdate: 'tool_call_update', toolCallId, status, ...more });
  const begin = (toolCallId: string, body: object) =>
    update({ sessionUpdate: 'tool_call', toolCallId, status: 'in_progress', ...body });
  const text = (words: string) => ({
    content: [{ type: 'content', content: { type: 'text', text: words } }],
  });

  const lies: Record<Lie, (id: string) => Promise<unknown>> = {
    async 'unmade-edit'(id) {
      const path = join(cwd, unmade.path);
      const shown = {
        title: `editFile ${unmade.path}`,
        name: 'editFile',
        kind: 'edit',
        locations: [{ path }],
      };
      await begin(id, { ...shown, rawInput: { path: unmade.path } });
      await tool(id, 'completed', { content: [{ type: 'diff', path, oldText: null, newText: unmade.text }] });
    },
    async 'ended-twice'(id) {
      await begin(id, { title: 'verify', name: 'verify', rawInput: {} });
      await tool(id, 'completed', text('All is well.'));
      await tool(id, 'failed', text('Nothing is.'));
    },
    'unstarted-end': (id) =>
      tool(id, 'completed', { title: 'unseen', name: 'unseen', ...text('Done already.') }),
    async 'falling-usage'() {
      const spent = (amount: number, used: number) =>
        update({ sessionUpdate: 'usage_update', used, size: 1_000, cost: { amount, currency: 'USD' } });
      await spent(0.5, 900);
      await spent(0.25, 100);
    },
    'foreign-session': () =>
      update(
        { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'I am somebody else.' } },
        `${sessionId}-of-somebody-else`,
      ),
    'not-json': () => write(`${noMessage}\n`),
    'unknown-update': () => update({ sessionUpdate: 'made_up' }),
    'unasked-answer': () => message({ id: 'nobody-asked', result: {} }),
    'unknown-request': (id) => ask(id, 'unknown-request', 'made/up', { sessionId }),
    'outside-file': async (id) => {
      const path = join(cwd, '..', '..', '..', '..', '..', 'etc', 'hostname');
      await ask(id, 'outside-file', acp.methods.client.fs.readTextFile, { sessionId, path });
    },
    'foreign-terminal': (id) =>
      ask(id, 'foreign-terminal', acp.methods.client.terminal.output, { sessionId, terminalId: 'not-mine' }),
    'torn-message': () => write('{"jsonrpc":"2.0","method":"session/upd'),
    async 'endless-line'() {
      const piece = 'x'.repeat(1024 * 1024);
      for (let written = 0; written < endlessBytes; written += piece.length) await write(piece);
    },
  };

  const ask = async (id: string, lie: Lie, method: string, params: object): Promise<void> => {
    const outcome = await client.request<unknown>(method, params).then(
      () => `${lie}: done`,
      () => refusedWords(lie),
    );
    await say(outcome, id);
  };

  return {
    async flood({ of, count, bytes }, signal) {
      for (let number = 1; number <= count && !signal.aborted; number++) {
        const words = floodText(number, bytes);
        if (of === 'messages') await say(words, `flood-${number}`);
        else if (of === 'output') await write(`${words}\n`);
        else io.note(words);
      }
    },
    lie: async (call, lie) => void (await lies[lie](`lie-${call}`)),
  };
};

const writeTo = (output: MockProcess['output'], text: string): Promise<void> =>
  new Promise((resolve) => {
    output.write(text, () => resolve());
  });
