import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the programs are installed. */
export const modules = fileURLToPath(new URL('../../e2e/agents/node_modules', import.meta.url));

/** A vendor's published program, and how it is told where its model is. */
export interface Vendor {
  readonly type: 'claude-code' | 'codex' | 'gemini' | 'opencode';
  /** What the server starts; a script is started by the Node of the test. */
  readonly command: readonly string[];
  readonly model: string | undefined;
  /** Where it finds the mock of models at this address. */
  readonly modelUrl: (mock: string) => string;
  /** How the log of requests calls its API. */
  readonly api: string;
  /** The package that speaks the protocol, and what it may call the end of a turn that was called off. */
  readonly speaks: { readonly package: string; readonly calledOff: readonly ('cancelled' | 'end_turn')[] };
  /** Whether it overwrites what it kept of a session when it is started for it again within the same minute. */
  readonly forgetsWithinMinute?: true;
  /** What of its work its protocol tells us. */
  readonly shows: { readonly output: boolean; readonly usage: boolean };
  /** How it is brought to ask leave for an edit, and what its requests are called that are to be denied. */
  readonly asks: {
    readonly denied: readonly string[];
    /** How its session ends when they were. */
    readonly ends: 'completed' | 'failed';
    readonly settings?: object;
    readonly files?: Readonly<Record<string, string>>;
  };
}

const script = (path: string): readonly string[] => [process.execPath, join(modules, path)];

export const vendors: readonly Vendor[] = [
  {
    type: 'gemini',
    speaks: { package: '@google/gemini-cli', calledOff: ['cancelled'] },
    // Its file is named by the minute and the session.
    forgetsWithinMinute: true,
    command: [...script('@google/gemini-cli/bundle/gemini.js'), '--acp'],
    model: 'gemini-2.5-pro',
    modelUrl: (mock) => mock,
    api: 'gemini',
    // What a command printed is not in its messages.
    shows: { output: false, usage: true },
    asks: { denied: ['edit'], ends: 'completed' },
  },
  {
    type: 'claude-code',
    speaks: { package: '@agentclientprotocol/claude-agent-acp', calledOff: ['cancelled'] },
    // The adapter brings a Claude Code of its own; what is tried is the one that is published as such.
    command: [
      '/usr/bin/env',
      `CLAUDE_CODE_EXECUTABLE=${join(modules, '@anthropic-ai/claude-code/bin/claude.exe')}`,
      ...script('@agentclientprotocol/claude-agent-acp/dist/index.js'),
    ],
    model: undefined,
    modelUrl: (mock) => mock,
    api: 'anthropic',
    shows: { output: true, usage: true },
    asks: { denied: ['*'], ends: 'completed' },
  },
  {
    type: 'opencode',
    speaks: { package: 'opencode-ai', calledOff: ['cancelled', 'end_turn'] },
    command: [join(modules, 'opencode-ai/bin/opencode.exe'), 'acp'],
    model: 'anthropic/claude-sonnet-4-5',
    modelUrl: (mock) => `${mock}/v1`,
    api: 'anthropic',
    shows: { output: true, usage: true },
    asks: {
      denied: ['*'],
      ends: 'completed',
      files: {
        'opencode.json': JSON.stringify({
          $schema: 'https://opencode.ai/config.json',
          permission: { edit: 'ask' },
        }),
      },
    },
  },
  {
    type: 'codex',
    speaks: { package: '@agentclientprotocol/codex-acp', calledOff: ['cancelled'] },
    command: script('@agentclientprotocol/codex-acp/dist/index.js'),
    model: undefined,
    modelUrl: (mock) => `${mock}/v1`,
    api: 'openai-responses',
    // What a command printed did not come with its messages.
    shows: { output: false, usage: true },
    asks: { denied: ['*'], ends: 'failed', settings: { permissionMode: 'read-only' } },
  },
];

/** Says what is missing, as a test that silently tried nothing would be worth nothing. */
export const demandPrograms = (): void => {
  const missing = vendors
    .flatMap(({ command }) => command)
    .filter((word) => word.startsWith(modules) && !existsSync(word));
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} is not there: run \`npm run e2e:agents\`, which installs it.`);
};
