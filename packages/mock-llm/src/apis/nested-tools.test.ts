import { expect, test } from 'vitest';
import { translate } from '../tools/translate.ts';
import { nestedTools } from './nested-tools.ts';

const description = `Run JavaScript code.

### \`apply_patch\`
\`\`\`ts
declare const tools: { apply_patch(input: string): Promise<unknown>; };
\`\`\`

### \`exec_command\`
\`\`\`ts
declare const tools: { exec_command(args: {
  // Shell command: to execute.
  cmd: string;
  prefix_rule?: Array<string>;
  tty?: boolean;
  workdir?: string;
}): Promise<{
  exit_code?: number;
  output: string;
}>; };
\`\`\`
`;

test('tools that are declared inside of a tool for programs are found, and used by a program', () => {
  const tools = nestedTools('exec', description);
  expect(tools).toMatchObject([
    { name: 'apply_patch', kind: 'freeform', through: 'exec' },
    { name: 'exec_command', kind: 'function', schema: { required: ['cmd'] } },
  ]);
  const box = { tools, cwd: undefined, seen: [], hasPatches: false };
  const run = {
    title: 'runCmd',
    intent: { kind: 'run', command: ['echo', '"'], cwd: undefined },
    expects: [],
  } as const;
  const { name, input } = translate(run, box) ?? {};
  expect(name).toBe('exec');
  // It is a program: what it calls is what was meant, whatever is in the words.
  const called: unknown[] = [];
  const shown: unknown[] = [];
  const program = new Function('tools', 'text', `return (async () => {${String(input)}})()`);
  const done = program(
    {
      exec_command: async (args: unknown) => {
        called.push(args);
        return { output: '"\n' };
      },
    },
    (value: unknown) => shown.push(value),
  );
  return done.then(() => {
    expect(called).toEqual([{ cmd: `echo '"'` }]);
    expect(shown).toEqual(['"\n']);
  });
});
