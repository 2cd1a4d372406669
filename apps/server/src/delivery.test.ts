import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quickMockAgent } from '@agent-harbor/conformance';
import type { HarborClient } from '@agent-harbor/rest-client';
import { connect } from '@agent-harbor/rest-client/node';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from './start.ts';
import { canHostGit, hostGit } from './testing/git-host.ts';
import { createRealHost, type RealHost } from './testing/real-host.ts';

const api = 'https://forge.test/api/v3';
const token = 'token-of-the-forge-0123456789';
/** Pull requests as the double of the forge keeps them. */
const pulls: { number: number; html_url: string; head: { ref: string }; base: { ref: string } }[] = [];
const forge = setupServer(
  http.get(`${api}/repos/acme/site`, ({ request }) =>
    request.headers.get('authorization') === `Bearer ${token}`
      ? HttpResponse.json({ default_branch: 'main', permissions: { push: true } })
      : HttpResponse.json({}, { status: 401 }),
  ),
  http.get(`${api}/repos/acme/site/pulls`, () => HttpResponse.json(pulls)),
  http.post(`${api}/repos/acme/site/pulls`, async ({ request }) => {
    const asked = Object(await request.json());
    const number = pulls.length + 1;
    const html_url = `https://forge.test/acme/site/pull/${number}`;
    const pull = { number, html_url, head: { ref: asked.head }, base: { ref: asked.base } };
    pulls.push(pull);
    return HttpResponse.json(pull, { status: 201 });
  }),
);

describe.skipIf(!canHostGit)('a bare remote and a forge', () => {
  let host: RealHost;
  let remote: Awaited<ReturnType<typeof hostGit>>;
  let server: RunningServer;
  let client: HarborClient;
  let bare: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-C', bare, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();

  beforeAll(async () => {
    host = await createRealHost();
    const root = join(dirname(host.repository), 'served');
    bare = join(root, 'acme/site.git');
    await mkdir(dirname(bare), { recursive: true });
    execFileSync('git', ['clone', '--quiet', '--bare', host.repository, bare], { stdio: 'ignore' });
    git('config', 'http.receivepack', 'true');
    remote = await hostGit(root);
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, `${token}\n`);
    forge.listen();
    const { stateDir, programs } = host;
    const forges = { [remote.host]: { kind: 'github', apiUrl: api, tokenFile } } as const;
    const deliveryAuthor = 'Robot <robot@example.org>';
    server = await startServer({ port: 0, stateDir, forges, deliveryAuthor, ...programs });
    client = connect({ base: server.url, stateDir });
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    forge.close();
    await remote?.close();
    await host?.remove();
  });

  test('the branch is pushed, the pull request opened once, and a moved target refused with the way out', async () => {
    const { id } = await client.tasks.launch({
      prompt: 'Mend the cart',
      repo: { mode: 'git', url: `http://${remote.host}/acme/site.git` },
      agents: [quickMockAgent('edits')],
      delivery: { mode: 'pr', targetBranch: 'main' },
    });
    const types: string[] = [];
    for await (const { event } of client.tasks.subscribe(id)) types.push(event.type);
    expect(types.indexOf('delivery')).toBeLessThan(types.lastIndexOf('status'));
    const { delivered, delivery } = await client.tasks.getSession(id);
    expect(delivered).toMatchObject({
      state: 'delivered',
      mode: 'pr',
      targetBranch: 'main',
      url: 'https://forge.test/acme/site/pull/1',
    });
    expect(pulls).toMatchObject([{ head: { ref: delivery.branch }, base: { ref: 'main' } }]);
    expect(git('rev-parse', `refs/heads/${delivery.branch}`)).toBe(delivered?.commit);
    expect(git('log', '-1', '--format=%an <%ae> %s', `refs/heads/${delivery.branch}`)).toBe(
      'Robot <robot@example.org> Mend the cart',
    );

    const again = await client.deliveries.deliver(id);
    expect(again).toMatchObject({ url: delivered?.url, commit: delivered?.commit });
    expect(pulls).toHaveLength(1);

    const other = git('commit-tree', '-p', 'main', '-m', 'a colleague', 'main^{tree}');
    git('update-ref', 'refs/heads/shared', other);
    await expect(client.deliveries.deliver(id, { mode: 'branch', branch: 'shared' })).rejects.toMatchObject({
      code: 'delivery-refused',
      detail: expect.stringMatching(/"shared" .*has commits.*--branch <name>/),
    });
    expect(git('rev-parse', 'shared')).toBe(other);
    const free = await client.deliveries.deliver(id, { mode: 'branch', branch: 'shared-2' });
    expect(git('rev-parse', 'shared-2^{tree}')).toBe(git('rev-parse', `${delivered?.commit}^{tree}`));
    expect(free.state).toBe('delivered');
    expect(JSON.stringify(await client.deliveries.delivery(id))).not.toContain(token);
  }, 120_000);
});
