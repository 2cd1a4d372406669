import { CreateTask } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { SessionRecord, TaskRecord } from '../session/record.ts';
import { planLaunch, promptText } from './plan-launch.ts';

const plan = (request: Partial<CreateTask>) =>
  planLaunch(
    CreateTask.parse({
      prompt: 'Fix the flaky checkout test!',
      repo: { mode: 'git', url: '/repo' },
      agent: { type: 'mock' },
      ...request,
    }),
    createSeededIds('test'),
    0,
  );

describe('what a launch writes', () => {
  it('makes agents × count sessions, each with a branch of its own', () => {
    const { task, sessions } = plan({
      agent: undefined,
      agents: [
        { type: 'mock', count: 2 },
        { type: 'command', instances: 2, settings: { command: ['true'] } },
      ],
      delivery: { mode: 'branch', targetBranch: 'wish' },
    });
    expect(sessions.map(({ agent }) => agent.type)).toEqual(['mock', 'mock', 'command', 'command']);
    expect(sessions.map(({ delivery }) => delivery.targetBranch)).toEqual([
      'wish',
      'wish-2',
      'wish-3',
      'wish-4',
    ]);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(4);
    expect(sessions.every(({ taskId }) => taskId === task.id)).toBe(true);
  });

  it('writes records that their schemas read back unchanged', () => {
    const { task, sessions } = plan({ labels: { team: 'a' }, projectId: 'p', tenantId: 't' });
    expect(TaskRecord.parse(JSON.parse(JSON.stringify(task)))).toEqual(task);
    for (const session of sessions)
      expect(SessionRecord.parse(JSON.parse(JSON.stringify(session)))).toEqual(session);
  });

  it('names the branch after the prompt and the session', () => {
    expect(plan({}).sessions[0]?.delivery.targetBranch).toMatch(
      /^ah\/fix-the-flaky-checkout-test-[0-9a-z]{8}$/,
    );
    expect(plan({ prompt: '…' }).sessions[0]?.delivery.targetBranch).toMatch(/^ah\/[0-9a-z]{8}$/);
  });

  it('shows no password of the repository but keeps it in the request', () => {
    const { task, sessions } = plan({ repo: { mode: 'git', url: 'https://me:secret@example.test/r.git' } });
    expect(JSON.stringify(sessions)).not.toContain('secret');
    expect(task.repo.url).toBe('https://example.test/r.git');
    expect(task.request.repo.url).toContain('secret');
  });

  it('delivers nothing without a repository, and refuses the wish', () => {
    expect(plan({ repo: { mode: 'none' } }).sessions[0]?.delivery).toEqual({ mode: 'none' });
    expect(() => plan({ repo: { mode: 'none' }, delivery: { mode: 'branch' } })).toThrow(Problem);
    expect(() => plan({ delivery: { mode: 'none', targetBranch: 'x' } })).toThrow(/targetBranch/);
  });

  it('takes a model for every agent that can be told one, and names the one that cannot', () => {
    const command = { type: 'command', model: 'large', settings: { command: ['true'] } } as const;
    expect(plan({ agent: { type: 'acp', model: 'large' } }).sessions[0]?.agent.model).toBe('large');
    expect(() => plan({ agent: command })).toThrow(/agent\.model: .*settings\.command/);
    expect(() => plan({ agent: undefined, agents: [{ type: 'mock' }, command] })).toThrow(/agents\.1\.model/);
  });

  it('shows content blocks as text', () => {
    expect(
      promptText([
        { type: 'text', text: 'Look' },
        { type: 'image', data: 'AA==', mimeType: 'image/png' },
        { type: 'resource_link', uri: 'file:///a', name: 'a' },
        { type: 'resource', resource: { uri: 'file:///b', text: 'bee' } },
      ]),
    ).toBe('Look\n\n[image image/png]\n\n[a](file:///a)\n\nbee');
  });
});
