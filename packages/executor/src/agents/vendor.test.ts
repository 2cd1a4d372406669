import { chmodSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentType, agentSettings } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { begin, follow, lines, messages, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { lendCredentials } from './lend-credentials.ts';
import { planProgram } from './plan-program.ts';
import { agents } from './registry.ts';

const vendors = {
  'claude-code': {
    program: 'claude-agent-acp',
    args: [],
    key: 'ANTHROPIC_API_KEY',
    url: 'ANTHROPIC_BASE_URL',
  },
  codex: { program: 'codex-acp', args: [], key: 'OPENAI_API_KEY', url: 'CODEX_CONFIG' },
  gemini: { program: 'gemini', args: ['--acp'], key: 'GEMINI_API_KEY', url: 'GOOGLE_GEMINI_BASE_URL' },
  opencode: { program: 'opencode', args: ['acp'], key: 'OPENAI_API_KEY', url: 'OPENCODE_CONFIG_CONTENT' },
  qwen: { program: 'qwen', args: ['--acp'], key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  goose: { program: 'goose', args: ['acp'], key: 'OPENAI_API_KEY', url: 'OPENAI_HOST' },
  copilot: { program: 'copilot', args: ['--acp'], key: 'GH_TOKEN', url: 'COPILOT_PROVIDER_BASE_URL' },
} as const;
const types = Object.keys(vendors).filter((type): type is keyof typeof vendors => type in agentSettings);

/** A directory of programs; each is what is given. */
const programs = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const directory = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), content);
    chmodSync(join(directory, name), 0o755);
  }
  return directory;
};
const plan = (
  type: AgentType,
  environment: Record<string, string>,
  more: object = {},
  settings: object = {},
) =>
  planProgram(type, settings, 'agent', 'Do it.', { mockAgentCommand: [], environment, ...more }, 'a/model');

test.each(types)(
  '%s is found on the PATH and started by its own arguments, without any credential',
  async (type) => {
    const { program, args, key } = vendors[type];
    const PATH = await programs({ [program]: '#!/bin/sh\n' });
    const { argv, env, credentialFiles, acp } = plan(type, {
      PATH,
      [key]: 'the secret',
      AWS_SECRET: 'another',
    });
    expect(argv).toEqual([join(PATH, program), ...args]);
    expect(JSON.stringify(env)).not.toMatch(/secret|another/);
    expect(credentialFiles).toEqual([]);
    const isByVariable = ['qwen', 'goose', 'copilot'].includes(type);
    expect(acp).toEqual({ model: isByVariable ? undefined : 'a/model', mode: undefined, signIn: [] });
    if (isByVariable) expect(Object.values(env)).toContain('a/model');
  },
);

test.each(types)(
  '%s gets its own credentials where the host says so, and its model where the task says so',
  async (type) => {
    const { program, key, url } = vendors[type];
    const PATH = await programs({ [program]: '#!/bin/sh\n' });
    const environment = { PATH, [key]: 'the secret', AWS_SECRET: 'another' };
    const settings = { modelUrl: 'http://127.0.0.1:9/x', permissionMode: 'plan' };
    const { env, credentialFiles, acp } = plan(type, environment, { agentCredentials: [type] }, settings);
    expect(env[key]).toBe('the secret');
    expect(env[url]).toContain('http://127.0.0.1:9/x');
    expect(JSON.stringify(env)).not.toContain('another');
    expect(credentialFiles?.length).toBeGreaterThan(0);
    expect(acp?.mode).toBe('plan');
  },
);

test.each(types)('%s that is not there is refused by its type, with what to do', (type) => {
  const refused = expect.objectContaining({
    errors: { 'agent.type': [expect.stringMatching(/Install it/)] },
  });
  expect(() => plan(type, { PATH: '' })).toThrow(refused);
});

test('a script for Node is started by the Node of this host, another program as it is', async () => {
  const PATH = await programs({
    codex: '',
    'codex-acp': '#!/usr/bin/env node\n',
    other: '#!/usr/bin/env bash\n',
  });
  expect(plan('codex', { PATH }).argv).toEqual([process.execPath, join(PATH, 'codex-acp')]);
  const configured = { agentPrograms: { codex: [join(PATH, 'other'), '-x'] } };
  expect(plan('codex', { PATH }, configured).argv).toEqual([join(PATH, 'other'), '-x']);
  const wished = { command: ['other'] };
  expect(plan('codex', { PATH }, configured, wished).argv).toEqual(['other']);
});

test.each(types)(
  'what is said of %s without starting it: there, its version, signed in, and what to do',
  async (type) => {
    const { program, key } = vendors[type];
    const manifest = JSON.stringify({ version: '1.2.3', bin: { any: `./${program}` } });
    const PATH = await programs({ [program]: '#!/bin/sh\nexit 1\n', 'package.json': manifest });
    const said = (environment: Record<string, string>, agentCredentials: AgentType[]) =>
      agents[type].presence?.({ mockAgentCommand: [], environment, agentCredentials });
    expect(await said({ PATH: '' }, [type])).toMatchObject({
      present: false,
      version: null,
      authenticated: false,
    });
    const there = { present: true, version: '1.2.3', authenticated: false };
    expect(await said({ PATH }, [type])).toMatchObject(there);
    expect((await said({ PATH }, [type]))?.details).toEqual([expect.stringMatching(/for the server|Or set/)]);
    const notPassed = await said({ PATH, [key]: 'secret' }, []);
    expect(notPassed).toMatchObject(there);
    expect(notPassed?.details).toEqual([expect.stringContaining(`--agent-credentials ${type}`)]);
    const ready = await said({ PATH, [key]: 'secret' }, [type]);
    expect(ready).toEqual({ present: true, version: '1.2.3', authenticated: true, details: [] });
  },
);

test('what is said of a program the host is told is about the program, not about what starts it', async () => {
  const folder = await programs({
    node: '',
    env: '',
    'agent.js': '',
    'package.json': '{"version":"24.0.0","bin":{"node":"node"}}',
  });
  const own = await programs({ 'agent.js': '', 'package.json': '{"version":"1.2.3","bin":"agent.js"}' });
  const said = (...words: string[]) => {
    const host = { mockAgentCommand: [], environment: { PATH: folder }, agentPrograms: { codex: words } };
    return agents.codex.presence?.(host);
  };
  const there = { present: true, version: '1.2.3' };
  expect(await said('node', join(own, 'agent.js'), '--acp')).toMatchObject(there);
  expect(await said('env', 'A=b', 'node', '--no-warnings', join(own, 'agent.js'))).toMatchObject(there);
  // A folder above it may have a manifest of something else.
  expect(await said('node', join(folder, 'agent.js'))).toMatchObject({ present: true, version: null });
  expect(await said('bin/agent')).toMatchObject({ present: true, version: null });
  expect(await said('node', 'agent.js')).toMatchObject({ present: true, version: null });
  const gone = await said('node', join(folder, 'gone.js'));
  expect(gone).toMatchObject({ present: false, version: null });
  expect(gone?.details).toEqual([expect.stringContaining('gone.js')]);
});

test('what the host lends a type by name reaches its agents, and no others', async () => {
  const home = await temporaryDirectory();
  writeFileSync(join(home, 'auth.json'), '');
  const environment = { PATH: '', HOME: home, MY_KEY: 'mine', OTHER: 'other', EMPTY: '' };
  const lent = { variables: ['MY_KEY', 'EMPTY', 'UNSET'], files: ['auth.json'] };
  const host = { agentLends: { acp: lent } };
  const settings = { command: ['my-agent'], permissionMode: 'plan' };
  const program = plan('acp', environment, host, settings);
  expect(program).toMatchObject({ env: { MY_KEY: 'mine' }, credentialFiles: ['auth.json'] });
  expect(Object.keys(program.env)).toEqual(['MY_KEY']);
  expect(program.acp).toEqual({ model: 'a/model', mode: 'plan' });
  expect(plan('command', environment, host, { command: ['x'] }).env).toEqual({});

  const PATH = await programs({ opencode: '' });
  const presence = (agentLends: object) =>
    agents.opencode.presence?.({ mockAgentCommand: [], environment: { ...environment, PATH }, agentLends });
  expect(await presence({ acp: lent })).toMatchObject({ authenticated: false });
  expect(await presence({ opencode: lent })).toMatchObject({ authenticated: true, details: [] });
  expect(await presence({ opencode: { variables: ['EMPTY'], files: ['gone'] } })).toMatchObject({
    authenticated: false,
  });
});

test('a file of credentials is lent and not given away; what is not there is not made', async () => {
  const [from, to] = [await temporaryDirectory(), await temporaryDirectory()];
  mkdirSync(join(from, '.codex'));
  writeFileSync(join(from, '.codex/auth.json'), 'one');
  for (const _ of [1, 2]) await lendCredentials(['.codex/auth.json', '.not/there'], from, to);
  writeFileSync(join(from, '.codex/auth.json'), 'renewed');
  expect(readFileSync(join(to, '.codex/auth.json'), 'utf8')).toBe('renewed');
  expect(lstatSync(join(to, '.codex/auth.json')).isSymbolicLink()).toBe(true);
  expect(() => lstatSync(join(to, '.not'))).toThrow(/ENOENT/);
});

test("a vendor's agent works in a home of its own with what it is lent, and signs itself in when it has to", async () => {
  const home = await temporaryDirectory();
  mkdirSync(join(home, '.codex'));
  writeFileSync(join(home, '.codex/auth.json'), 'lent');
  const environment = { PATH: process.env.PATH, HOME: home, OPENAI_API_KEY: 'k', SERVER_SECRET: 's' };
  const agentPrograms = {
    codex: [process.execPath, join(import.meta.dirname, '../testing/signed-in-agent.ts')],
  };
  const options = { environment, agentPrograms, agentCredentials: ['codex' as const] };
  const executor = await openExecutor(await temporaryDirectory(), options);
  const run = runOf({ type: 'codex' });
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  expect(lines(recorded, 'stderr')).toEqual([]);
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(JSON.parse(messages(recorded).join(''))).toEqual({
    signedInBy: 'api-key',
    key: 'k',
    lent: 'lent',
    isHomeOfHost: false,
    hasServerSecret: false,
  });
}, 60_000);
