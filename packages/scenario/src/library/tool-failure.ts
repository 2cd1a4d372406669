import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, says, writes } from './phrases.ts';

export const toolFailure: ScenarioSource = {
  name: 'tool-failure',
  description: 'Tools that fail in every way they can, and an agent that goes on.',
  tags: ['failure'],
  timeline: [
    asked('Use tools that fail'),
    says(100, 'I try a command first.'),
    {
      agentToolUse: {
        toolName: 'runCmd',
        args: {
          cmd: ['node', '-e', "console.log('starting'); console.error('no such module'); process.exit(2)"],
        },
        status: 'error',
        toolExecution: {
          events: [
            { type: 'stdout', timeMs: 50, content: 'starting' },
            { type: 'stderr', timeMs: 100, content: 'no such module' },
            { type: 'completion', timeMs: 150, exitCode: 2 },
          ],
        },
      },
    },
    {
      agentToolUse: {
        toolName: 'editFile',
        args: { path: 'no/such/file.txt', old_string: 'a', new_string: 'b' },
        status: 'error',
        result: 'there is no such file',
      },
    },
    {
      agentToolUse: {
        toolName: 'writeFile',
        args: { path: '../outside.txt', content: 'This must never be written.' },
        status: 'error',
        result: 'not inside the workspace',
      },
    },
    {
      agentToolUse: {
        toolName: 'runCmd',
        args: { cmd: ['no-such-program-anywhere'] },
        status: 'error',
        result: 'no-such-program-anywhere cannot be started',
      },
    },
    says(100, 'Nothing of that worked. I write down what I found instead.'),
    writes('notes/findings.md', 'Four tools were tried and four failed.\n'),
    done,
  ],
};
