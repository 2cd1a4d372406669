import { expect } from 'vitest';
import { blocksOf } from './guide.ts';
import type { Shell } from './shell.ts';

/** What the page about the mock of models says, tried as a reader would; `read` gives a page. */
export const modelTrials = (read: (page: string) => string) => {
  let url = '';
  const ask = async (messages: readonly object[]) => {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify({ model: 'm', messages, tools }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    /** Plays the scenario of the page, to an agent that knows one tool, and refuses what is not in it. */
    async plays(shell: Shell, block: string) {
      const blocks = blocksOf(read('docs/guides/mock-the-models.md'));
      await shell.put('cart.yaml', blocks.find(({ info }) => info.startsWith('yaml'))?.text ?? '');
      url = await shell.serve(block);
      const prompt = { role: 'user', content: 'Mend the cart' };
      const first = await ask([prompt]);
      expect(first.text).toContain('I read the cart.');
      const { message } = JSON.parse(first.text).choices[0];
      expect(message.tool_calls[0].function).toEqual({ name: 'view', arguments: '{"path":"cart.js"}' });
      const wrong = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'nothing' };
      expect(await ask([prompt, message, wrong])).toMatchObject({
        status: 400,
        text: expect.stringContaining('The request is not what the scenario expects:'),
      });
      const listed = await fetch(`${url}/mock/requests?outcome=mismatch`, {
        headers: { 'x-api-key': 'any' },
      });
      expect((await listed.json()).items).toHaveLength(1);
    },
    async fails(shell: Shell, block: string) {
      await shell.interrupt();
      url = await shell.serve(`AH_MOCK_LLM_SPEED=0 ${block}`);
      const prompt = { role: 'user', content: 'Say something' };
      const statuses = [];
      for (let count = 0; count < 3; count++) statuses.push((await ask([prompt])).status);
      expect(statuses).toEqual([503, 503, 200]);
    },
  };
};

const tool = (name: string, member: string) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { [member]: { type: 'string' } } } },
});
const tools = [tool('view', 'path'), tool('bash', 'command')];
