import type { NewEvent } from '@agent-harbor/core';
import { expect, it, vi } from 'vitest';
import { begin, bodies, follow, messages, openExecutor, runOf } from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const say = (text: string) => ({ llmResponse: [{ assistant: [[0, text]] }] });

it.skipIf(process.platform === 'win32')(
  'breaks down between two turns, and goes on with the next one in another process',
  async () => {
    const code = "setTimeout(() => process.kill(process.ppid, 'SIGKILL'), 500)";
    const timeline = [
      say('one'),
      { runCmd: { cmd: ['node', '-e', code], run_in_background: true } },
      { complete: true },
      { userInputs: [{ relativeTime: 0, input: 'Go on', 'x-waitForUser': true }] },
      say('two'),
    ];
    const settings = { speed: 0, scenario: { name: 'test', timeline } };
    const run = runOf({ type: 'mock', settings, idleTimeoutMs: 600_000 });
    const executor = await openExecutor(await temporaryDirectory());
    await begin(executor, run);
    const hasEnded = ({ body }: NewEvent) => body.type === 'log' && body.message.includes('SIGKILL');
    const before = await follow(executor, run.sessionId, 0, (events) => events.some(hasEnded));
    expect(messages(before)).toEqual(['one']);
    await executor.prompt(run.sessionId, { id: '1', prompt: 'Go on', author: 'ada' });
    const after = await follow(executor, run.sessionId, before.offset, (events) =>
      events.some(({ body }) => body.type === 'message'),
    );
    expect(messages(after)).toEqual(['two']);
    expect(bodies(after)).toContainEqual(
      expect.objectContaining({ type: 'agent_session', agent_session_id: 'mock-session-1', continued: true }),
    );
  },
);
