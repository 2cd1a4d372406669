import { Problem } from '@agent-harbor/core/problem';
import { expect, test, vi } from 'vitest';
import { wait } from '../process/wait.ts';
import { randomFrom, seed } from '../testing/random.ts';
import { acpRun, begin, bodies, follow, messages, openExecutor } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { systemClock } from './system-clock.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const options = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
];
const asking = `ask ${JSON.stringify([{ toolCall: { toolCallId: 'c', title: 'May I?' }, options }])}`;

/** Whether it was done; what is refused is refused for a reason that can be. */
const isDone = (wish: Promise<void>): Promise<boolean> =>
  wish.then(
    () => true,
    (error: unknown) => {
      expect(['wrong-state', 'approval-not-found']).toContain(error instanceof Problem ? error.code : error);
      return false;
    },
  );

test('whatever is asked in whatever order, nothing is lost, doubled or stuck', async () => {
  const random = randomFrom(seed);
  const stateDir = await temporaryDirectory();
  let executor = await openExecutor(stateDir);
  const run = acpRun({ prompt: 'say begin', idleTimeoutMs: 600_000 });
  const { sessionId } = run;
  await begin(executor, run);
  const said: string[] = [];
  let asked = 0;
  const answered = new Map<string, string>();
  const prompt = async (id: string, text: string) => {
    const wish = { id, prompt: text, author: 'ada' };
    const [first] = await Promise.all([
      isDone(executor.prompt(sessionId, wish)),
      // A repetition is no other prompt.
      random() < 0.3 ? isDone(executor.prompt(sessionId, wish)) : true,
    ]);
    return first;
  };
  const answer = async (id: string, approvalId: string, optionId: string) => {
    const wish = { id, approvalId, choice: { optionId }, by: 'ada' };
    if (!(await isDone(executor.answer(sessionId, wish)))) return;
    expect(answered.has(approvalId)).toBe(false);
    answered.set(approvalId, optionId);
  };
  const steps: readonly ((n: number) => Promise<unknown>)[] = [
    () => isDone(executor.pause(sessionId)),
    () => isDone(executor.resume(sessionId)),
    async (n) => {
      if (await prompt(`${n}`, `say ${n}`)) said.push(`${n}`);
    },
    async (n) => {
      if (await prompt(`${n}`, asking)) asked += 1;
    },
    (n) => answer(`${n}`, `approval-${Math.ceil(random() * 5)}`, random() < 0.5 ? 'yes' : 'no'),
    () => wait(systemClock, random() * 30),
    async () => {
      await executor.close();
      executor = await openExecutor(stateDir);
    },
  ];
  const pending: Promise<unknown>[] = [];
  for (let n = 0; n < 150; n++) {
    pending.push(steps[Math.floor(random() * steps.length)]?.(n) ?? Promise.resolve());
    if (random() < 0.5) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
  await executor.resume(sessionId);
  // Each question is answered, whichever turn it comes in.
  for (let n = 1; n <= asked; n++) {
    await follow(executor, sessionId, 0, (events) =>
      events.some(({ body }) => body.type === 'approval' && body.approvalId === `approval-${n}`),
    );
    await answer(`last-${n}`, `approval-${n}`, 'yes');
  }
  await executor.prompt(sessionId, { id: 'end', prompt: 'say end', author: 'ada' });
  const recorded = await follow(executor, sessionId, 0, (events) =>
    events.some(({ body }) => body.type === 'message' && body.content.endsWith(': end')),
  );

  const heard = messages(recorded).filter((message) => !message.startsWith('['));
  const words = heard.map((message) => message.replace(/^\d+: /, ''));
  expect(words[0]).toBe('begin');
  expect(words.at(-1)).toBe('end');
  expect(words.slice(1, -1).toSorted()).toEqual(said.toSorted());
  expect(heard.map((message) => Number.parseInt(message, 10))).toEqual(heard.map((_, index) => index + 1));
  const outcomes = messages(recorded).filter((message) => message.startsWith('['));
  expect(outcomes).toEqual(
    Array.from({ length: asked }, (_, n) =>
      JSON.stringify([{ outcome: 'selected', optionId: answered.get(`approval-${n + 1}`) }]),
    ),
  );
  const inputs = bodies(recorded).filter(({ type }) => type === 'user_input');
  expect(inputs).toHaveLength(said.length + asked + 1);
});
