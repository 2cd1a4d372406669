import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { openWorld, readAll, request } from '../testing/world.ts';
import { canTransition, isTerminal } from './lifecycle.ts';

const acts = [
  'pause',
  'resume',
  'prompt',
  'stop',
  'ask',
  'answer',
  'idle',
  'exit',
  'step',
  'wait',
  'restart',
] as const;
/** What the host does with a wish to stand still or to go on. */
const hosts = ['does', 'fails', 'hangs'] as const;

const play = fc.record({
  acts: fc.array(fc.constantFrom(...acts), { maxLength: 14 }),
  pause: fc.constantFrom(...hosts),
  resume: fc.constantFrom(...hosts),
  code: fc.constantFrom(0, 3),
});

it('whatever is asked in whatever order, a session keeps to the table and comes to its end', async () => {
  await fc.assert(
    fc.asyncProperty(play, async ({ acts, pause, resume, code }) => {
      const store = createMemoryStore({ epoch: 'test' });
      const clock = createManualClock();
      const journals: Parameters<typeof createFakeExecutor>[0] = new Map();
      const open = () => {
        const executor = createFakeExecutor(journals);
        for (const [name, host] of [['pause', pause] as const, ['resume', resume] as const]) {
          if (host === 'fails') executor.override(name, async () => Promise.reject(new Problem('internal')));
          if (host === 'hangs') executor.override(name, () => new Promise(() => {}));
        }
        return openWorld({ store, clock, executor });
      };
      let { harbor, executor } = open();
      const { id } = await harbor.tasks.launch(request);
      const wishes: Promise<unknown>[] = [];
      let asked = 0;
      for (const act of acts) {
        const { tasks } = harbor;
        if (act === 'pause') wishes.push(tasks.pauseSession(id));
        if (act === 'resume') wishes.push(tasks.resumeSession(id));
        if (act === 'prompt') wishes.push(tasks.promptSession(id, 'x'));
        if (act === 'stop') wishes.push(tasks.stopSession(id));
        if (act === 'ask') executor.ask(id, `a${asked++}`);
        if (act === 'answer') wishes.push(tasks.answerApproval(id, `a${asked - 1}`, { outcome: 'denied' }));
        if (act === 'idle')
          executor.say(id, { at: 0, body: { type: 'status', status: 'running', reason: 'idle' } });
        if (act === 'exit') executor.exit(id, { kind: 'exited', code });
        if (act === 'step') await Promise.resolve();
        if (act === 'wait') await clock.advance(21_000);
        if (act === 'restart') {
          await clock.advance(0);
          await harbor.close();
          // A server answers what it was asked before it lets go of its store.
          await clock.advance(0);
          ({ harbor, executor } = open());
          await harbor.resume();
        }
      }
      const outcomes = Promise.allSettled(wishes);
      await clock.advance(120_000);
      for (const outcome of await outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Problem);
      }
      // Transitional states have settled by now.
      const settled = (await harbor.tasks.getSession(id)).status;
      expect(['running', 'paused', 'stopped', 'completed', 'failed']).toContain(settled);
      if (!isTerminal(settled)) expect(executor.stands(id)).toBe(settled === 'paused');

      executor.exit(id, { kind: 'exited', code });
      await clock.advance(120_000);
      const events = (await readAll(harbor, id)).map(({ event }) => event);
      let before: SessionStatus | undefined;
      for (const event of events) {
        if (event.type !== 'status') continue;
        const status = SessionStatus.parse('status' in event ? event.status : undefined);
        const isWord = before === 'running' && status === 'running';
        expect(before === undefined || isWord || canTransition(before, status), `${before} → ${status}`).toBe(
          true,
        );
        before = status;
      }
      expect(before !== undefined && isTerminal(before)).toBe(true);
      expect((await harbor.tasks.listApprovals({ sessionId: id, state: 'requested' })).total).toBe(0);
      expect(clock.waiting).toBe(0);
    }),
    { numRuns: 200 },
  );
}, 60_000);
