import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { quickMockAgent } from '@agent-harbor/conformance';
import { verify } from '@agent-harbor/webhook';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ServerSettings } from './start.ts';
import { createRealHost, type RealHost } from './testing/real-host.ts';

const Launched = z.object({
  id: z.string(),
  webhooks: z.array(z.object({ id: z.string(), secret: z.string() })),
});
const Message = z.object({ type: z.string(), data: z.object({ seq: z.number(), sessionId: z.string() }) });
const program = `
  import { startServer } from '${new URL('./start.ts', import.meta.url).href}';
  const { url } = await startServer(JSON.parse(process.argv[1]));
  process.stdout.write(url + '\\n');
`;

let host: RealHost;
let child: ChildProcess | undefined;
beforeAll(async () => {
  host = await createRealHost();
}, 60_000);
afterAll(async () => {
  child?.kill('SIGKILL');
  await host?.remove();
});

/** A server as a process of its own; its url. */
const start = async (): Promise<string> => {
  const { stateDir, programs } = host;
  const settings: ServerSettings = {
    port: 0,
    stateDir,
    noAuth: true,
    webhookNetworks: ['127.0.0.1'],
    webhookRetryMs: 50,
    webhookAttempts: 20,
    ...programs,
  };
  const flags = ['--conditions=@agent-harbor/source', '--input-type=module', '--eval', program];
  child = spawn(process.execPath, [...flags, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = child.stdout === null ? [''] : await once(child.stdout, 'data');
  return String(line).trim();
};

test('a receiver that fails, stalls and comes back gets every event in order, also across a kill of the server', {
  timeout: 120_000,
}, async () => {
  let mood: 'fails' | 'stalls' | 'takes' = 'fails';
  let failed = 0;
  const stalled: ServerResponse[] = [];
  const taken: { id: string; seq: number; type: string }[] = [];
  let secret = '';
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    if (mood === 'stalls') return void stalled.push(response);
    if (mood === 'fails') {
      failed += 1;
      return void response.writeHead(500).end();
    }
    expect(verify(request.headers, body, [secret])).toBeUndefined();
    const { type, data } = Message.parse(JSON.parse(body));
    taken.push({ id: String(request.headers['webhook-id']), seq: data.seq, type });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = receiver.address() as AddressInfo;
    let url = await start();
    const answer = await fetch(`${url}/api/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt: 'Do it',
        repo: { mode: 'git', url: host.repository },
        agents: [quickMockAgent('edits')],
        webhooks: [{ event: 'session.*', url: `http://127.0.0.1:${port}/hook` }],
      }),
    });
    const launched = Launched.parse(await answer.json());
    secret = launched.webhooks[0]?.secret ?? '';
    await vi.waitFor(() => expect(failed).toBeGreaterThan(2), { timeout: 20_000 });
    mood = 'stalls';
    await vi.waitFor(() => expect(stalled.length).toBeGreaterThan(0), { timeout: 20_000 });
    const killed = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await killed;
    mood = 'takes';
    url = await start();
    await vi.waitFor(() => expect(taken.map(({ type }) => type)).toContain('session.completed'), {
      timeout: 60_000,
    });
    const seqs = [...new Set(taken.map(({ seq }) => seq))];
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    // A double is the same message: by its id a receiver drops it.
    expect(new Set(taken.map(({ id }) => id)).size).toBe(seqs.length);
    const detail = await fetch(`${url}/api/v1/webhooks/${launched.webhooks[0]?.id}`);
    expect(await detail.json()).toMatchObject({ deadLetters: 0 });
  } finally {
    for (const response of stalled) response.destroy();
    receiver.closeAllConnections();
    receiver.close();
  }
});
