import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MockLlmConfig } from '@agent-harbor/mock-llm/node';
import { MockServerConfig } from '@agent-harbor/mock-server/start';
import { ServerConfig } from '@agent-harbor/server/start';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configure } from './configure.ts';
import { type FlagValues, readSettings } from './read-settings.ts';
import { type Setting, settingGroups } from './table.ts';

let cwd: string;
let env: Record<string, string>;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ah-settings-'));
  env = { AH_HOME: join(cwd, 'state') };
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const write = async (path: string, value: unknown): Promise<void> => {
  await mkdir(dirname(join(cwd, path)), { recursive: true });
  await writeFile(join(cwd, path), typeof value === 'string' ? value : JSON.stringify(value));
};

/** Flags by their variables, as a command line gives them. */
const read = (flags: Record<string, unknown> = {}, config?: string, more: Record<string, string> = {}) => {
  const given: FlagValues = new Map(Object.entries(flags));
  return readSettings(given, config, { env: { ...env, ...more }, cwd });
};

const valuesOf = (settings: Awaited<ReturnType<typeof read>>, group: 'server' | 'mockServer') =>
  Object.fromEntries([...settings.group(group)].map(([name, { value }]) => [name, value]));

const programs = { recorderCommand: ['r'], mockAgentCommand: ['m'] };

test('without a word everything has its usual value', async () => {
  const settings = await read();
  expect(settings).toMatchObject({
    restBase: 'http://127.0.0.1:3001',
    apiKey: undefined,
    stateDir: join(cwd, 'state'),
  });
  expect(settings.originOf('restBase')).toBeUndefined();
  expect(valuesOf(settings, 'server')).toEqual({});
});

test('flags come before the environment, that before the file', async () => {
  await write('state/config.json', {
    restBase: 'http://file:1',
    apiKey: 'file',
    server: { port: 1, host: 'file', logLevel: 'info' },
  });
  const file = await read();
  expect([file.restBase, file.apiKey]).toEqual(['http://file:1', 'file']);
  expect(file.originOf('apiKey')).toBe(`apiKey in ${join(cwd, 'state', 'config.json')}`);

  const variables = { AH_API_KEY: 'env', AH_PORT: '2', AH_HOST: 'env' };
  const environment = await read({}, undefined, variables);
  expect([environment.restBase, environment.apiKey]).toEqual(['http://file:1', 'env']);
  expect(valuesOf(environment, 'server')).toEqual({ port: 2, host: 'env', logLevel: 'info' });

  const flags = await read({ AH_API_KEY: 'flag', AH_PORT: '3' }, undefined, variables);
  expect(flags.apiKey).toBe('flag');
  expect(valuesOf(flags, 'server')).toEqual({ port: 3, host: 'env', logLevel: 'info' });
  expect(flags.originOf('apiKey')).toBe('--api-key');

  // A file that is named stands in for the usual one, and still comes last.
  await write('named.json', { apiKey: 'named', server: { port: 4 } });
  const named = await read({}, 'named.json', { AH_PORT: '2' });
  expect(named.apiKey).toBe('named');
  expect(valuesOf(named, 'server')).toEqual({ port: 2 });
  expect((await read({}, undefined, { AH_CONFIG: 'named.json' })).apiKey).toBe('named');
  expect((await read({}, 'named.json', { AH_CONFIG: 'none.json' })).apiKey).toBe('named');
});

test('every setting is read from the environment and from a file alike', async () => {
  const text = { text: 'x', url: 'http://x:1', path: 'p', number: '7', seconds: '1.5', switch: 'on' };
  const bounds = { age: '90d', size: '32GiB', count: '12' };
  const texts = {
    ...text,
    ...bounds,
    rate: '5/60',
    list: 'a, b',
    paths: 'a,b',
    object: '{"a":1}',
    objects: '[{"a":1}]',
  };
  const lists = { list: ['a', 'b'], paths: ['a', 'b'], objects: [{ a: 1 }] };
  const raw = { ...texts, ...lists, count: 12, number: 7, seconds: 1.5, switch: true, object: { a: 1 } };
  const variables: Record<string, string> = {};
  const file: Record<string, unknown> = {};
  const groups: Record<string, Record<string, Setting>> = settingGroups;
  for (const [group, settings] of Object.entries(groups)) {
    const members = Object.entries(settings).map(([name, { kind }]) => [name, raw[kind]]);
    if (group === 'client') Object.assign(file, Object.fromEntries(members));
    else file[group] = Object.fromEntries(members);
    for (const { env: variable, kind } of Object.values(settings)) variables[variable] = texts[kind];
  }
  await write('all.json', file);
  const fromFile = await readSettings(new Map(), 'all.json', { env: {}, cwd });
  const fromEnvironment = await readSettings(new Map(), undefined, { env: variables, cwd });
  expect(fromFile).toMatchObject({ restBase: 'http://x:1', apiKey: 'x', stateDir: join(cwd, 'p') });
  expect(fromEnvironment).toMatchObject({ restBase: 'http://x:1', apiKey: 'x', stateDir: join(cwd, 'p') });
  for (const group of ['server', 'mockServer'] as const) {
    expect(valuesOf(fromFile, group)).toEqual(valuesOf(fromEnvironment, group));
    expect(valuesOf(fromFile, group)).toMatchObject({
      port: 7,
      noAuth: true,
      rateLimit: { requests: 5, windowSeconds: 60 },
    });
  }
  expect(valuesOf(fromFile, 'server')).toMatchObject({
    stopGraceMs: 1500,
    stopSessions: true,
    allowedOrigins: ['a', 'b'],
  });
  expect(valuesOf(fromFile, 'mockServer')).toMatchObject({ cors: ['a', 'b'], data: 'x', freezeAt: 'x' });
  expect(valuesOf(fromFile, 'mockServer').scenarioFiles).toEqual([join(cwd, 'a'), join(cwd, 'b')]);
});

test('a repeated flag is named with the one that is wrong', async () => {
  const flags = new Map([['AH_MOCK_CORS', ['http://a.test', 'not an origin']]]);
  const settings = await readSettings(flags, undefined, { env: {}, cwd });
  let refused: unknown;
  try {
    configure(settings, 'mockServer', MockServerConfig, { stateDir: cwd });
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ detail: expect.stringContaining('--cors (number 2): ') });
});

test('the servers understand every setting by its name', async () => {
  const variables = {
    AH_HOST: '127.0.0.1',
    AH_PORT: '0',
    AH_MAX_CONCURRENT_TASKS: '2',
    AH_STOP_SESSIONS: '1',
    AH_STOP_GRACE: '2',
    AH_RECORDER_POOL: '2',
    AH_WORKSPACE_POOL: '3',
    AH_APPROVE: 'deny',
    AH_AGENT_CREDENTIALS: 'codex,gemini',
    AH_AGENT_LENDS: '{"acp":{"variables":["MY_KEY"]}}',
    AH_AGENT_PROGRAMS: '{"codex":["/opt/codex-acp"]}',
    AH_APPROVALS: '{"rules":[{"tool":"read*","decision":"allow"}]}',
    AH_DELIVERY_AUTHOR: 'Robot <robot@example.org>',
    AH_PROTECTED_BRANCHES: 'main,release/**',
    AH_FORGES: '{"git.example.org":{"kind":"gitlab","tokenVariable":"CORP_TOKEN"}}',
    AH_NO_AUTH: 'no',
    AH_RATE_LIMIT: '10/1',
    AH_PUBLIC_HOSTS: 'a.test,b.test',
    AH_ALLOWED_ORIGINS: 'https://a.test',
    AH_TRUSTED_PROXIES: '10.0.0.1',
    AH_WEBHOOK_NETWORKS: '10.1.0.0/16,127.0.0.0/8',
    AH_WEBHOOK_RETRY: '0.5',
    AH_WEBHOOK_ATTEMPTS: '3',
    AH_RETENTION_EVENTS_AGE: '30d',
    AH_RETENTION_EVENTS_COUNT: '100',
    AH_RETENTION_EVENTS_BYTES: '1MiB',
    AH_RETENTION_TOTAL_BYTES: 'off',
    AH_RETENTION_WORKSPACES_AGE: '1w',
    AH_RETENTION_JOURNALS_AGE: '12h',
    AH_DROP_DAMAGED_COMMITS: 'no',
    AH_METRICS_ADDRESS: '127.0.0.1:9464',
    AH_METRICS_OPEN: 'on',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    AH_LOG_LEVEL: 'debug',
    AH_MOCK_HOST: 'localhost',
    AH_MOCK_PORT: '1',
    AH_MOCK_SEED: 's',
    AH_MOCK_SPEED: '0.5',
    AH_MOCK_SCENARIO_FILES: 'a.yaml',
    AH_MOCK_MAX_CONCURRENT_TASKS: '3',
    AH_MOCK_NO_AUTH: 'true',
    AH_MOCK_RATE_LIMIT: '20/1',
    AH_MOCK_CORS: 'https://b.test',
    AH_MOCK_DATA: 'demo',
    AH_MOCK_FREEZE_AT: '2026-01-02T03:04:05Z',
    AH_MOCK_LLM_HOST: 'localhost',
    AH_MOCK_LLM_PORT: '2',
    AH_MOCK_LLM_SCENARIO_FILES: 'a.yaml,b.yaml',
    AH_MOCK_LLM_STRICT: 'yes',
    AH_MOCK_LLM_SPEED: '0',
    AH_MOCK_LLM_SEED: 't',
    AH_MOCK_LLM_MODELS: 'one,two',
    AH_MOCK_LLM_FAULTS: '[{"kind":"overload"}]',
    AH_MOCK_LLM_LOG: 'log.jsonl',
  };
  const { client: _client, ...servers } = settingGroups;
  const known = Object.values(servers).flatMap((group) => Object.values(group).map((setting) => setting.env));
  expect(Object.keys(variables).sort()).toEqual(known.sort());
  const settings = await read({}, undefined, variables);
  const { stateDir } = settings;
  expect(configure(settings, 'server', ServerConfig, { stateDir, ...programs })).toMatchObject({
    port: 0,
    stopGraceMs: 2000,
    agentCredentials: ['codex', 'gemini'],
    agentLends: { acp: { variables: ['MY_KEY'], files: [] } },
    agentPrograms: { codex: ['/opt/codex-acp'] },
    approve: 'deny',
    approvals: { rules: [{ tool: 'read*', decision: 'allow' }] },
    rateLimit: { requests: 10, windowSeconds: 1 },
    publicHosts: ['a.test', 'b.test'],
    webhookNetworks: ['10.1.0.0/16', '127.0.0.0/8'],
    webhookRetryMs: 500,
    webhookAttempts: 3,
    metricsAddress: '127.0.0.1:9464',
    metricsOpen: true,
    otlpEndpoint: 'http://127.0.0.1:4318',
  });
  expect(configure(settings, 'mockServer', MockServerConfig, { stateDir })).toMatchObject({
    port: 1,
    speed: 0.5,
    noAuth: true,
    cors: ['https://b.test'],
    data: 'demo',
    freezeAt: '2026-01-02T03:04:05Z',
  });
  expect(configure(settings, 'mockLlm', MockLlmConfig, {})).toEqual({
    host: 'localhost',
    port: 2,
    scenarioFiles: [join(cwd, 'a.yaml'), join(cwd, 'b.yaml')],
    strict: true,
    speed: 0,
    seed: 't',
    models: ['one', 'two'],
    faults: [{ kind: 'overload' }],
    log: join(cwd, 'log.jsonl'),
  });
});

test('the policy that the guide shows is one', async () => {
  const guide = await readFile(
    new URL('../../../../docs/guides/deploy-the-server.md', import.meta.url),
    'utf8',
  );
  const [, shown = ''] = /```json\n(.*?)```/s.exec(guide) ?? [];
  await write('guide.json', JSON.parse(shown));
  const settings = await read({}, 'guide.json');
  const { stateDir } = settings;
  const { approvals } = configure(settings, 'server', ServerConfig, { stateDir, ...programs });
  expect(approvals).toMatchObject({ default: 'ask', onExpiry: 'deny', rules: { length: 3 } });
});

test.each([
  ['not JSON', '{', 'it is not JSON'],
  ['a list', [], 'the file must be an object'],
  ['a misspelt member', { restbase: 'x' }, 'restbase is not a setting. There are restBase, apiKey, stateDir'],
  ['a misspelt member of a server', { server: { prot: 1 } }, 'server.prot is not a setting'],
  ['a name every object has', { server: { constructor: 1 } }, 'server.constructor is not a setting'],
  ['a server that is none', { server: 3001 }, 'server must be an object'],
])('a file with %s is refused by name', async (_what, content, named) => {
  await write('bad.json', content);
  const detail = expect.stringMatching(new RegExp(`bad\\.json: .*${named}`));
  await expect(read({}, 'bad.json')).rejects.toMatchObject({ exitCode: 8, detail });
});

test('the file in the state directory cannot move it', async () => {
  await write('state/config.json', { stateDir: 'elsewhere' });
  await expect(read()).rejects.toMatchObject({
    exitCode: 8,
    detail: expect.stringContaining('stateDir in '),
  });
  await write('named.json', { stateDir: 'elsewhere' });
  expect((await read({}, 'named.json', { AH_HOME: '' })).stateDir).toBe(join(cwd, 'elsewhere'));
});

test('a wrong setting of the mock leads to its own help', async () => {
  const refused = (env: Record<string, string>) =>
    read({}, undefined, env).then((settings) => settings.group('mockServer'));
  await expect(refused({ AH_MOCK_PORT: 'x' })).rejects.toMatchObject({
    detail: 'AH_MOCK_PORT: must be a number',
    remedy: expect.stringContaining('ah mock-server --help'),
  });
});

test('a named file must be there', async () => {
  const refused = { exitCode: 8, detail: expect.stringContaining(join(cwd, 'none.json')) };
  await expect(read({}, 'none.json')).rejects.toMatchObject(refused);
  await expect(read({}, undefined, { AH_CONFIG: 'none.json' })).rejects.toMatchObject(refused);
});

test('what is wrong is named where it was said', async () => {
  await write('bad.json', { apiKey: 7, server: { port: 'x', trustedProxies: ['10.0.0.1', 'nonsense'] } });
  const bad = join(cwd, 'bad.json');
  await expect(read({}, 'bad.json')).rejects.toMatchObject({
    exitCode: 8,
    detail: `apiKey in ${bad}: must be text`,
  });
  await expect(read({}, undefined, { AH_REST_BASE: 'x' })).rejects.toMatchObject({
    exitCode: 8,
    detail: 'AH_REST_BASE: must be an http: or https: url',
  });
  await expect(read({ AH_REST_BASE: 'x' })).rejects.toMatchObject({
    exitCode: 7,
    detail: '--rest-base: must be an http: or https: url',
  });

  const server = async (flags: Record<string, unknown>, more: Record<string, string>, config?: string) => {
    const settings = await read(flags, config, more);
    const { apiKey, stateDir } = settings;
    return configure(settings, 'server', ServerConfig, { apiKey, stateDir, ...programs });
  };
  for (const [flags, more, exitCode, detail] of [
    [{ AH_PORT: 'x' }, {}, 7, '--port: must be a number'],
    [{ AH_PORT: '65536' }, {}, 7, /^--port: .*65535/],
    [{}, { AH_PORT: '65536' }, 8, /^AH_PORT: .*65535/],
    [{ AH_STOP_GRACE: '-1' }, {}, 7, /^--stop-grace: /],
    [{}, { AH_STOP_GRACE: '601' }, 8, /^AH_STOP_GRACE: /],
    [{}, { AH_APPROVE: 'perhaps' }, 8, /^AH_APPROVE: /],
    [{ AH_APPROVALS: 'x' }, {}, 7, '--approvals: must be a JSON object'],
    [{}, { AH_APPROVALS: '{"rules":[{"tool":"x"}]}' }, 8, /^AH_APPROVALS.rules.0/],
    [{ AH_RATE_LIMIT: '5' }, {}, 7, '--rate-limit: must be requests per seconds, as in 6000/60'],
    [{}, { AH_RATE_LIMIT: '0/1' }, 8, /^AH_RATE_LIMIT.requests: /],
    [{ AH_API_KEY: 'short' }, {}, 7, '--api-key: must have at least 16 characters'],
    [{}, { AH_NO_AUTH: 'maybe' }, 8, 'AH_NO_AUTH: must be true or false'],
  ] as const) {
    const wrong = { exitCode, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) };
    await expect(server(flags, more), String(detail)).rejects.toMatchObject(wrong);
  }
  await write('bad.json', { server: { trustedProxies: ['10.0.0.1', 'nonsense'] } });
  await expect(server({}, {}, 'bad.json')).rejects.toMatchObject({
    exitCode: 8,
    detail: expect.stringContaining(`server.trustedProxies in ${bad}.1: `),
  });
});

test('bounds have units, may be off, and may be nested in a file', async () => {
  const { retention: usual } = ServerConfig.parse({ stateDir: 'x', ...programs });
  expect(usual.events.age).toBe(90 * 24 * 3600 * 1000);
  const server = async (more: Record<string, string>, config?: string) => {
    const settings = await read({}, config, more);
    return configure(settings, 'server', ServerConfig, { stateDir: settings.stateDir, ...programs })
      .retention;
  };
  expect(await server({ AH_RETENTION_EVENTS_AGE: '12h', AH_RETENTION_TOTAL_BYTES: '1.5 GiB' })).toEqual({
    ...usual,
    events: { ...usual.events, age: 12 * 3600 * 1000 },
    total: { bytes: 1.5 * 1024 ** 3 },
  });
  expect(await server({ AH_RETENTION_EVENTS_COUNT: 'off', AH_RETENTION_EVENTS_BYTES: '500' })).toMatchObject({
    events: { count: null, bytes: 500 },
  });
  await write('nested.json', {
    server: { retention: { events: { age: '7d', count: 10 }, 'journals.age': 'off' } },
  });
  expect(await server({}, 'nested.json')).toMatchObject({
    events: { age: 7 * 24 * 3600 * 1000, count: 10, bytes: usual.events.bytes },
    journals: { age: null },
  });
  const file = join(cwd, 'nested.json');
  await write('nested.json', { server: { retention: { events: { age: '7 parsecs' } } } });
  await expect(server({}, 'nested.json')).rejects.toMatchObject({
    detail: `server.retention.events.age in ${file}: must be a time such as 90d, 12h or 30m, or off`,
  });
  await write('nested.json', { server: { retention: { event: {} } } });
  await expect(server({}, 'nested.json')).rejects.toMatchObject({
    detail: `${file}: server.retention.event is not a setting. In server.retention there are events, total, workspaces, journals.`,
  });
  for (const [variable, value] of [
    ['AH_RETENTION_EVENTS_AGE', '90'],
    ['AH_RETENTION_EVENTS_AGE', '-1d'],
    ['AH_RETENTION_EVENTS_COUNT', '0'],
    ['AH_RETENTION_EVENTS_COUNT', '1.2.3'],
    ['AH_RETENTION_TOTAL_BYTES', '3 constructor'],
    ['AH_RETENTION_TOTAL_BYTES', '999999999999TiB'],
  ] as const) {
    await expect(server({ [variable]: value }), value).rejects.toMatchObject({
      exitCode: 8,
      detail: expect.stringMatching(new RegExp(`^${variable}: must be`)),
    });
  }
});

test('the server on the state directory is found, while it lives', async () => {
  await write('state/server.json', { url: 'http://127.0.0.1:4567', pid: process.pid });
  expect((await read()).restBase).toBe('http://127.0.0.1:4567');
  expect((await read({ AH_REST_BASE: 'http://x:1' })).restBase).toBe('http://x:1');
  // Above the largest process id Linux gives (4194304).
  await write('state/server.json', { url: 'http://127.0.0.1:4567', pid: 99_999_999 });
  expect((await read()).restBase).toBe('http://127.0.0.1:3001');
  await write('state/server.json', '{"url":');
  expect((await read()).restBase).toBe('http://127.0.0.1:3001');
});
