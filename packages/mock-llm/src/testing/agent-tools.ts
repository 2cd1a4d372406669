import type { DeclaredTool } from '../exchange/request.ts';

const tool = (
  name: string,
  properties: Record<string, unknown>,
  required: readonly string[] = [],
): DeclaredTool => ({
  name,
  kind: 'function',
  schema: { type: 'object', properties, required },
});
const text = { type: 'string' };

/** The tools of published agents, as they declare them: names, members and what is required, without descriptions. */
export const agentTools = {
  claude: [
    tool('Bash', { command: text, timeout: { type: 'number' }, description: text }, ['command']),
    tool('Edit', { file_path: text, old_string: text, new_string: text, replace_all: { type: 'boolean' } }, [
      'file_path',
      'old_string',
      'new_string',
    ]),
    tool('Read', { file_path: text, offset: { type: 'integer' } }, ['file_path']),
    tool('Write', { file_path: text, content: text }, ['file_path', 'content']),
    tool('TodoWrite', {
      todos: {
        type: 'array',
        items: {
          type: 'object',
          properties: { content: text, status: { type: 'string', enum: ['pending'] }, activeForm: text },
          required: ['content', 'status', 'activeForm'],
        },
      },
    }),
  ],
  gemini: [
    tool('list_directory', { dir_path: text }, ['dir_path']),
    tool('read_file', { file_path: text, start_line: { type: 'integer', minimum: 1 } }, ['file_path']),
    tool('grep_search', { pattern: text, dir_path: text }, ['pattern']),
    tool(
      'replace',
      {
        file_path: text,
        instruction: text,
        old_string: text,
        new_string: text,
        allow_multiple: { type: 'boolean' },
      },
      ['file_path', 'instruction', 'old_string', 'new_string'],
    ),
    tool('write_file', { file_path: text, content: text }, ['file_path', 'content']),
    tool('run_shell_command', { command: text, dir_path: text, is_background: { type: 'boolean' } }, [
      'command',
    ]),
  ],
  codex: [
    tool('exec_command', { cmd: text, workdir: text, yield_time_ms: { type: 'number' } }, ['cmd']),
    tool('write_stdin', { session_id: { type: 'number' }, chars: text }, ['session_id']),
    tool('update_plan', {
      explanation: text,
      plan: {
        type: 'array',
        items: { type: 'object', properties: { step: text, status: text }, required: ['step', 'status'] },
      },
    }),
  ],
  opencode: [
    tool('bash', { command: text, timeout: { type: 'integer' }, workdir: text, description: text }, [
      'command',
      'description',
    ]),
    tool('edit', { filePath: text, oldString: text, newString: text, replaceAll: { type: 'boolean' } }, [
      'filePath',
      'oldString',
      'newString',
    ]),
    tool('glob', { pattern: text, path: text }, ['pattern']),
    tool('read', { filePath: text, offset: { type: 'integer' } }, ['filePath']),
    tool('write', { content: text, filePath: text }, ['content', 'filePath']),
  ],
  /** The only tool takes words, as older shells of agents do. */
  words: [tool('shell', { command: { type: 'array', items: text }, workdir: text }, ['command'])],
} as const satisfies Record<string, readonly DeclaredTool[]>;
