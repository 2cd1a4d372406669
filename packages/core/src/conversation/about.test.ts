import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { openWorld, request, type World } from '../testing/world.ts';

/** A running session whose workspace has these files. */
const launched = async (files: Record<string, string> = {}): Promise<World & { id: string }> => {
  const world = openWorld();
  world.executor.override('files', {
    ...world.executor.files,
    content: async (_, path) => {
      const content = files[path];
      if (content === undefined) throw new Problem('file-not-found');
      return {
        path,
        content,
        encoding: 'utf-8',
        size_bytes: content.length,
        last_modified: null,
        is_modified: false,
      };
    },
  });
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  return { ...world, id };
};
const say = async ({ executor, clock, id }: World & { id: string }, ...bodies: EventBody[]) => {
  executor.say(id, ...bodies.map((body) => ({ at: clock.now(), body })));
  await clock.advance(0);
};
const use = (tool_name: string, tool_args: Record<string, unknown>): EventBody => ({
  type: 'tool_use',
  tool_name,
  tool_args,
  tool_execution_id: tool_name,
  status: 'started',
});
const result = (tool_name: string, status: 'completed' | 'failed', tool_output = 'out'): EventBody => ({
  type: 'tool_result',
  tool_name,
  tool_output,
  tool_execution_id: tool_name,
  status,
});
const edited = (file_path: string): EventBody => ({
  type: 'file_edit',
  file_path,
  lines_added: 1,
  lines_removed: 0,
});

describe('the context', () => {
  it('is what the agent used, and is estimated until the agent tells', async () => {
    const world = await launched({ 'src/a.ts': 'x'.repeat(40) });
    const { harbor, id } = world;
    await say(
      world,
      use('read', { path: `/workspaces/${id}/src/a.ts` }),
      use('look', { path: '../etc/passwd' }),
      result('read', 'completed', 'y'.repeat(80)),
      edited('src/b.ts'),
      { type: 'message', role: 'assistant', content: 'z'.repeat(20) },
    );
    expect(await harbor.conversations.context(id)).toEqual({
      context_window: {
        total_tokens: null,
        used_tokens: expect.any(Number),
        remaining_tokens: null,
        percentage_used: null,
        input_tokens: 22,
        output_tokens: expect.any(Number),
        estimate: true,
        estimated_by: 'four-bytes',
      },
      context_files: [
        { path: 'src/b.ts', tokens: null, last_modified: null, source: 'edited' },
        { path: 'src/a.ts', tokens: 10, last_modified: null, source: 'used' },
      ],
      enabled_tools: ['look', 'read'],
      disabled_tools: [],
      active_model: null,
    });
    expect(await harbor.conversations.models(id)).toEqual({ models: [] });
    await say(
      world,
      { type: 'usage', input_tokens: 5, output_tokens: 1, model: 'small' },
      { type: 'usage', input_tokens: 10, output_tokens: 2, model: 'large' },
    );
    const told = await harbor.conversations.context(id);
    expect(told.context_window).toMatchObject({ used_tokens: 12, input_tokens: 10, estimate: false });
    expect(told.active_model).toEqual({ type: 'large', context_window: null });
    const { models } = await harbor.conversations.models(id);
    expect(models.map((model) => [model.id, model.status])).toEqual([
      ['large', 'active'],
      ['small', 'available'],
    ]);
  });

  it('is full as the agent says, with the models it offers; another one may be wished and is handed over', async () => {
    const world = await launched();
    const { harbor, id } = world;
    const { conversations } = harbor;
    const models = [
      { id: 'small', name: 'Small' },
      { id: 'large', name: 'Large' },
    ];
    await say(
      world,
      { type: 'models', models, active: 'large', capabilities: ['image'] },
      { type: 'usage', input_tokens: 500, output_tokens: 20, model: 'large' },
      { type: 'usage', input_tokens: 0, output_tokens: 0, context_tokens: 250, context_window: 1000 },
    );
    const told = await conversations.context(id);
    expect(told.context_window).toEqual({
      total_tokens: 1000,
      used_tokens: 250,
      remaining_tokens: 750,
      percentage_used: 25,
      input_tokens: 230,
      output_tokens: 20,
      estimate: false,
    });
    expect(told.active_model).toEqual({ type: 'large', context_window: 1000 });
    const offered = (await conversations.models(id)).models;
    expect(offered.map((model) => [model.id, model.name, model.context_window, model.status])).toEqual([
      ['large', 'Large', 1000, 'active'],
      ['small', 'Small', null, 'available'],
    ]);
    expect(offered.map(({ capabilities }) => capabilities)).toEqual([['image'], ['image']]);
    await expect(conversations.updateContext(id, { model_override: 'huge' })).rejects.toMatchObject({
      errors: { model_override: ['must be one of small, large'] },
    });
    await conversations.updateContext(id, { model_override: 'small' });
    const handed: (string | undefined)[] = [];
    const { prompt } = world.executor;
    world.executor.override('prompt', (sessionId, given) => {
      handed.push(given.model);
      return prompt(sessionId, given);
    });
    await conversations.sendMessage(id, { content: 'Go' });
    await conversations.sendMessage(id, { content: 'Go', model_override: 'large' });
    expect(handed).toEqual(['small', 'large']);
  });

  it('is changed by wishes, which are said with every message', async () => {
    const world = await launched({ 'a.md': 'a', 'b.md': 'b' });
    const { harbor, id } = world;
    const { conversations } = harbor;
    const before = await conversations.context(id);
    await conversations.updateContext(id, { add_files: ['a.md', 'b.md'], disable_tools: ['run'] });
    const after = await conversations.updateContext(id, { remove_files: ['a.md'], enable_tools: ['grep'] });
    expect(after).toMatchObject({
      context_files: [{ path: 'b.md', source: 'added', tokens: 1 }],
      enabled_tools: ['grep'],
      disabled_tools: ['run'],
    });
    expect(await conversations.context(id)).toEqual(after);
    const sent = await conversations.sendMessage(id, { content: 'Go' });
    expect(sent).toMatchObject({ content: 'Go', context_files: ['b.md'], tools_enabled: ['grep'] });
    const [event] = (await harbor.events.history(id, { type: ['user_input'] })).items;
    expect(event).toMatchObject({
      content: expect.stringMatching(/b\.md[\s\S]*use: grep[\s\S]*not to use: run/),
    });
    const refused = (update: object, options = {}) =>
      expect(conversations.updateContext(id, update, options)).rejects;
    await refused({ add_files: ['none.md'] }).toMatchObject({
      errors: { 'add_files.0': ['is no file of the workspace'] },
    });
    await refused({ model_override: 'other' }).toMatchObject({ code: 'unsupported-choice' });
    await refused({}, { ifUnchanged: before }).toMatchObject({ code: 'precondition-failed' });
  });
});

describe('what is in the history', () => {
  it('can get other words, and the agent is said to know the first ones', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    await say(world, { type: 'message', role: 'assistant', content: 'Yes?' });
    const file = { type: 'file', file_path: 'a.md', content: 'a' } as const;
    const sent = await conversations.sendMessage(world.id, { content: 'one', attachments: [file] });
    const edited = await conversations.editMessage(world.id, sent.id, { content: 'two' });
    expect(edited).toEqual({
      ...sent,
      content: 'two',
      edited_at: expect.any(String),
      agent_memory: 'unchanged',
    });
    expect(await conversations.editMessage(world.id, 'msg-0', { content: 'first' })).toMatchObject({
      id: 'msg-0',
      content: 'first',
    });
    const { messages } = await conversations.messages(world.id);
    expect(messages.map(({ content }) => content)).toEqual(['first', 'Yes?', 'two']);
    await expect(
      conversations.editMessage(world.id, messages[1]?.id ?? '', { content: 'No.' }),
    ).rejects.toMatchObject({ errors: { messageId: [expect.any(String)] } });
    const again = await conversations.retryMessage(world.id, sent.id);
    expect(again).toMatchObject({ content: 'two', retry_of: sent.id, attachments: [{ file_path: 'a.md' }] });
    expect(again.edited_at).toBeUndefined();
    await say(world, { type: 'message', role: 'assistant', content: 'Done.' });
    const answer = (await conversations.messages(world.id)).messages.at(-1);
    expect(await conversations.retryMessage(world.id, answer?.id ?? '')).toMatchObject({
      retry_of: again.id,
    });
  });

  it('can be taken out, with what was attached', async () => {
    const { harbor, id } = await launched();
    const { conversations } = harbor;
    const file = { type: 'file', file_path: 'a.md', content: 'a' } as const;
    const sent = await conversations.sendMessage(id, { content: 'one', attachments: [file] });
    await conversations.deleteMessage(id, sent.id);
    const gone = {
      id: sent.id,
      role: 'user',
      content: '',
      timestamp: sent.timestamp,
      author: 'local',
      attachments: [],
      deleted_at: expect.any(String),
      agent_memory: 'unchanged',
    };
    expect(await conversations.message(id, sent.id)).toEqual(gone);
    expect((await conversations.messages(id)).messages.at(-1)).toEqual(gone);
    await conversations.deleteMessage(id, sent.id);
    await expect(conversations.attachment(id, sent.id, sent.attachments[0]?.id ?? '')).rejects.toMatchObject({
      code: 'attachment-not-found',
    });
    const late = { code: 'message-not-found' };
    await expect(conversations.editMessage(id, sent.id, { content: 'x' })).rejects.toMatchObject(late);
    await expect(conversations.retryMessage(id, sent.id)).rejects.toMatchObject(late);
    await expect(conversations.deleteMessage(id, 'msg-99')).rejects.toMatchObject(late);
  });
});

describe('suggestions', () => {
  it('come from what failed, what waits, and what was not tested', async () => {
    const world = await launched({ 'package.json': '{"scripts":{"test":"node --test"}}' });
    const { conversations } = world.harbor;
    expect((await conversations.suggestions(world.id)).context_suggestions).toEqual([]);
    await say(
      world,
      use('run', { command: 'npm test' }),
      result('run', 'failed', 'a\n1 failing\n'),
      edited('src/a.ts'),
    );
    world.executor.ask(world.id, 'a', 'Run npm install');
    await world.clock.advance(0);
    const { source, context_suggestions, quick_actions } = await conversations.suggestions(world.id);
    expect(source).toBe('rules');
    expect(context_suggestions.map(({ title, relevance }) => [title, relevance])).toEqual([
      ['Answer what the agent asks', 'high'],
      ['Mend what run failed at', 'high'],
      ['Run the tests', 'medium'],
      ['Add tests', 'medium'],
    ]);
    expect(context_suggestions[1]?.description).toBe('1 failing');
    expect(context_suggestions[2]?.command).toBe('npm test');
    expect(quick_actions.map(({ id }) => id)).toEqual(['run_tests', 'explain_changes']);
    await say(
      world,
      edited('test/a.test.ts'),
      use('run', { command: 'npm test' }),
      result('run', 'completed'),
    );
    await world.harbor.tasks.answerApproval(world.id, 'a', { outcome: 'allowed' });
    expect((await conversations.suggestions(world.id)).context_suggestions).toEqual([]);
  });
});

describe('a summary', () => {
  it('counts what was done, the same every time', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    await say(
      world,
      use('run', {}),
      result('run', 'failed'),
      use('run', {}),
      edited('b.ts'),
      edited('a.ts'),
      { type: 'message', role: 'assistant', content: 'Done.' },
    );
    await conversations.sendMessage(world.id, { content: 'And?' });
    const summary = await conversations.summarize(world.id);
    expect(summary).toMatchObject({
      source: 'rules',
      status: 'running',
      messages: { user: 2, assistant: 1 },
      tools: [{ name: 'run', uses: 2, failures: 1 }],
      files: ['a.ts', 'b.ts'],
      approvals: {},
      last_message: 'Done.',
      truncated: false,
    });
    expect(summary.summary).toContain('Uses of tools: 2, of which 1 failed: run (2).');
    expect(await conversations.summarize(world.id)).toEqual(summary);
  });
});
