import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { isOver, launch, untilStatus } from './harness/launch.ts';
import { listen } from './harness/listen.ts';
import type { ServerUnderTest } from './harness/server.ts';

/** Secrets by what they are; each is one nobody else has. */
const seeds = [
  'apiKey',
  'wrongKey',
  'wrongHeader',
  'cookie',
  'ticket',
  'password',
  'token',
  'tokenWithNoise',
  'refused',
  'cloudKey',
  'agentKey',
] as const;
type Seed = (typeof seeds)[number];

/** A secret as it is, and as it may have been written down on the way. */
const formsOf = (secret: string): readonly Buffer[] =>
  [
    secret,
    encodeURIComponent(secret),
    ...[0, 1, 2].map((shift) => {
      // Three places in a longer text: of each the middle is the same whatever stands around it.
      const text = Buffer.from(`${' '.repeat(shift)}${secret}`).toString('base64');
      return text.slice(4, -4);
    }),
  ].map((form) => Buffer.from(form));

type Needles = readonly (readonly [name: string, forms: readonly Buffer[]])[];
const needlesOf = (secrets: Readonly<Record<string, string>>): Needles =>
  Object.entries(secrets).map(([name, secret]) => [name, formsOf(secret)]);

/** What is found of secrets in something that was written down; the names of the secrets alone. */
const foundIn = (needles: Needles, written: Buffer | string): readonly string[] => {
  const bytes = Buffer.from(written);
  return needles.filter(([, forms]) => forms.some((form) => bytes.includes(form))).map(([name]) => name);
};

const answerAll = (
  run: FaultRun,
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
): Promise<string> =>
  listen(
    run,
    createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      answer(request, response, Buffer.concat(pieces));
    }),
  );

/** Looks at the argv of every process of this machine, again and again, until it is stopped. */
const watchArgv = (needles: Needles) => {
  const found = new Set<string>();
  let looks = 0;
  let gits = 0;
  const argvOf = (pid: string): Buffer => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`);
    } catch {
      return Buffer.alloc(0);
    }
  };
  const look = () => {
    looks += 1;
    const all = Buffer.concat(
      readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .map(argvOf),
    );
    if (all.includes('private.git')) gits += 1;
    for (const name of foundIn(needles, all)) found.add(name);
  };
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      return { found: [...found], looks, gits };
    },
  };
};

/** As it is on the wire, with headers and a target of all kinds. */
const ask = (
  server: ServerUnderTest,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const asking = request({ hostname, port, method, path, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const head = JSON.stringify(response.headers);
        resolve({ status: response.statusCode ?? 0, text: `${head}${Buffer.concat(pieces)}` });
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

faultTest('A22: no secret of ours is written down anywhere', { needs: ['linux'] }, async (run) => {
  const made = seeds.map((name): [Seed, string] => [name, `${name}-${randomBytes(12).toString('hex')}+/%`]);
  const secrets = Object.fromEntries(made) as Record<Seed, string>;
  const hookSecrets: Record<string, string> = {};

  // A collector of spans, a receiver, and a git host that lets nobody in, slowly, so that git can be looked at.
  const spans: Buffer[] = [];
  const collector = await answerAll(run, (asked, response, body) => {
    spans.push(asked.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const told: string[] = [];
  const receiver = await answerAll(run, (asked, response, body) => {
    told.push(JSON.stringify(asked.headers) + body);
    response.writeHead(500).end();
  });
  const authorized: string[] = [];
  const host = await answerAll(run, (asked, response) => {
    authorized.push(asked.headers.authorization ?? '');
    setTimeout(() => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(), 60);
  });

  const flags = [
    '--log-level',
    'debug',
    '--otlp-endpoint',
    `http://${collector}`,
    '--webhook-network',
    '127.0.0.1',
  ];
  const server = run.server({ program: 'ah', args: flags });
  await server.start({
    env: {
      AH_API_KEY: secrets.apiKey,
      AWS_SECRET_ACCESS_KEY: secrets.cloudKey,
      OPENAI_API_KEY: secrets.agentKey,
    },
  });
  const hostKey = await server.key();
  const argv = watchArgv(needlesOf({ ...secrets, hostKey }));

  // Keys that are right and keys that are none, in every place they may be put.
  const answers: string[] = [];
  const send = async (...wish: [string, string, Record<string, string>, string?]) => {
    const { status, text } = await ask(server, ...wish);
    run.struck();
    answers.push(text);
    return { status, text };
  };
  expect((await send('GET', '/api/v1/sessions', { authorization: `ApiKey ${secrets.apiKey}` })).status).toBe(
    200,
  );
  for (const path of ['/api/v1/sessions', '/nowhere', '/metrics', '/api/v1/events']) {
    const tickets = `${path}?ticket=${encodeURIComponent(secrets.ticket)}&api_key=${encodeURIComponent(secrets.ticket)}`;
    for (const target of [path, tickets]) {
      await send('GET', target, {
        authorization: `ApiKey ${secrets.wrongKey}`,
        'x-api-key': secrets.wrongHeader,
      });
      await send('GET', target, {
        authorization: `Bearer ${secrets.wrongKey}`,
        cookie: `session=${secrets.cookie}`,
      });
      await send('GET', target, {
        authorization: `Basic ${Buffer.from(`x:${secrets.wrongKey}`).toString('base64')}`,
      });
      await send('POST', target, {
        authorization: `ApiKey ${secrets.apiKey}`,
        'x-api-key': secrets.wrongHeader,
      });
      await send('TRACE', target, { authorization: `ApiKey ${secrets.wrongKey}` });
    }
  }

  // Secrets of webhooks: told once, to who made them.
  const url = `http://${receiver}/hook`;
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  hookSecrets.hook = secret;
  const hook = await server.json('POST', '/api/v1/webhooks', { url, secret, events: ['session.*'] });
  hookSecrets.rotated = String((await server.json('POST', `/api/v1/webhooks/${hook.id}/rotate`, {})).secret);
  await server.json('POST', `/api/v1/webhooks/${hook.id}/test`, {});
  const own = { authorization: `ApiKey ${hostKey}`, 'content-type': 'application/json' };
  for (const body of [
    { url, secret: secrets.refused },
    { url: `http://user:${encodeURIComponent(secrets.refused)}@${receiver}/` },
    { url, secret, unknown: secrets.refused },
  ]) {
    expect((await send('POST', '/api/v1/webhooks', own, JSON.stringify(body))).status).toBe(400);
  }
  await send('POST', '/api/v1/webhooks', own, `{"secret":"${secrets.refused}`);

  // A repository with credentials in its url: a password, a token alone, a token before a word.
  const remotes = [
    `http://user:${encodeURIComponent(secrets.password)}@${host}/private.git`,
    `http://${encodeURIComponent(secrets.token)}@${host}/private.git`,
    `http://${encodeURIComponent(secrets.tokenWithNoise)}:x-oauth-basic@${host}/private.git`,
  ];
  for (const remote of remotes) {
    const repo = { mode: 'git', url: remote };
    const task = { prompt: 'x', repo, agent: { type: 'command', settings: { command: ['true'] } } };
    await send('POST', '/api/v1/tasks', own, JSON.stringify(task));
    await send('GET', `/api/v1/git/refs?url=${encodeURIComponent(remote)}`, own);
    await send('POST', '/api/v1/repositories', own, JSON.stringify({ url: remote }));
    await send('GET', `/api/v1/sessions?repo=${encodeURIComponent(remote)}`, own);
  }
  // They reached the host they are for, so what is looked for was there.
  const basic = authorized.map((header) => Buffer.from(header.replace('Basic ', ''), 'base64').toString());
  expect(basic).toContain(`user:${secrets.password}`);
  expect(basic).toContain(`${secrets.tokenWithNoise}:x-oauth-basic`);

  // An agent that prints all it was given, and a task with a webhook of its own.
  const agent = {
    type: 'command',
    settings: { command: ['sh', '-c', 'env; cat /proc/self/environ | tr "\\0" "\\n"'] },
  };
  const webhooks = [{ event: 'session.*', url }];
  const launched = await server.json('POST', '/api/v1/tasks', {
    prompt: 'x',
    repo: { mode: 'none' },
    agent,
    webhooks,
  });
  for (const { secret: ofTask } of launched.webhooks as { secret: string }[]) hookSecrets.ofTask = ofTask;
  const sessionId = String(launched.id);
  expect(await untilStatus(server, sessionId, isOver, 60_000)).toBe('completed');
  const other = await launch(server, { prompt: 'x', repo: { mode: 'none' }, agent });
  await untilStatus(server, other, isOver, 60_000);
  await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(1);

  for (const path of [
    '/metrics',
    '/api/v1/sessions',
    '/api/v1/webhooks',
    `/api/v1/webhooks/${hook.id}`,
    '/api/v1/repositories',
    '/api/v1/drafts',
    `/api/v1/sessions/${sessionId}`,
    `/api/v1/sessions/${sessionId}/logs`,
    `/api/v1/webhooks/${hook.id}/deliveries`,
  ])
    expect((await send('GET', path, own)).status, path).toBe(200);
  const events = await server.call('GET', `/api/v1/sessions/${sessionId}/events`, undefined, {
    accept: 'application/json',
  });
  const history = await events.text();
  expect(history).toContain('PATH=');
  await server.stop();

  const watched = argv.stop();
  const needles = needlesOf({ ...secrets, ...hookSecrets, hostKey });
  expect(watched.looks).toBeGreaterThan(10);
  expect(watched.gits).toBeGreaterThan(0);
  expect(watched.found).toEqual([]);
  expect(spans.length).toBeGreaterThan(0);
  for (const [what, written] of [
    ['what the server said', server.stderr()],
    ['its answers', answers.join('\n')],
    ['events', history],
    ['spans', Buffer.concat(spans)],
    ['what receivers were told', told.join('\n')],
  ] as const)
    expect(foundIn(needles, written), what).toEqual([]);
  const files = filesBelow(server.stateDir);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const found = foundIn(needles, readFileSync(file));
    const name = file.slice(server.stateDir.length + 1);
    // The secrets that sign have to be there to sign; nobody but the user of the server reads the file.
    const isDatabase = /^harbor\.db/.test(name);
    const kept = isDatabase ? Object.keys(hookSecrets) : name === 'api-key' ? ['hostKey'] : [];
    expect(
      found.filter((secret) => !kept.includes(secret)),
      name,
    ).toEqual([]);
    if (found.length > 0) expect(statSync(file).mode & 0o077, name).toBe(0);
  }
  run.tell(`${files.length} files, ${spans.length} reports of spans, ${watched.looks} looks at argv`);
});
