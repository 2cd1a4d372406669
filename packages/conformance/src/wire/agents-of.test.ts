import { expect, test } from 'vitest';
import { NotApplicable } from '../check.ts';
import { mockAgent } from '../manager/mock-agents.ts';
import { agentsOf } from './agents-of.ts';

/** The agents of a server that answers with this JSON, by path; anything else is not there. */
const agentsFrom = (answers: Readonly<Record<string, unknown>>, named = {}) =>
  agentsOf(
    {
      base: 'http://harbor.test',
      apiKey: 'key',
      async exchange(bytes) {
        const [, path = ''] = bytes.split(' ');
        const body = JSON.stringify(answers[path]);
        if (body === undefined) return 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
        return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      },
    },
    named,
  );
const agents = '/api/v1/agents';
const schema = '/api/v1/schemas/agents/mock.json';
const listed = { items: [{ type: 'acp' }, { type: 'mock' }] };

test('the mock agent plays what the checks need where it is listed', async () => {
  const agent = await agentsFrom({ [agents]: listed });
  expect(agent('edits')).toEqual(mockAgent('edits'));
});

test('a mock agent with a closed list of scenarios plays those', async () => {
  const properties = { scenario: { enum: ['quick-edit'] } };
  const agent = await agentsFrom({ [agents]: listed, [schema]: { properties } });
  expect(agent('edits')).toEqual(mockAgent('edits'));
  expect(() => agent('fails')).toThrow('does not know that scenario');
});

test('without one only what was named is there', async () => {
  const mine = { type: 'command', settings: { command: ['false'] } };
  for (const answer of [{ items: [{ type: 'acp' }] }, { items: 7 }, 'text', undefined]) {
    const agent = await agentsFrom({ [agents]: answer }, { fails: mine });
    expect(agent('fails')).toEqual(mine);
    expect(() => agent('edits')).toThrow(NotApplicable);
    expect(() => agent('edits')).toThrow('lists no mock agent');
  }
});
