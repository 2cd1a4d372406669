import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { connect, type HarborClient } from '@agent-harbor/rest-client/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MockServerSettings } from './config.ts';
import { startMockServer } from './start.ts';
import { temporary } from './testing/open-mock.ts';

const open = async (settings: Partial<MockServerSettings> = {}) => {
  const stateDir = settings.stateDir ?? (await temporary());
  const server = await startMockServer({ port: 0, speed: 0, ...settings, stateDir });
  onTestFinished(() => server.close());
  const client = connect({ base: server.url, stateDir });
  onTestFinished(() => client.close());
  return { server, client, stateDir };
};

const request = (settings: object = { scenario: 'quick-edit' }): CreateTask => ({
  prompt: 'Say hello',
  repo: { mode: 'git', url: 'https://example.test/demo.git' },
  agent: { type: 'mock', settings: { ...settings } },
});

/** Everything a session told, without the times: those are real here. */
const story = async ({ tasks }: HarborClient, sessionId: string): Promise<string[]> => {
  const told: string[] = [];
  for await (const { id, event } of tasks.subscribe(sessionId)) {
    told.push(JSON.stringify([id, { ...event, ts: '' }]));
  }
  return told;
};

const writeScenario = async (text: string): Promise<string> => {
  const file = join(await temporary(), 'mine.yaml');
  await writeFile(file, text);
  return file;
};

describe('the mock server', () => {
  it('gives the same ids and events for the same seed and requests, and others for another', async () => {
    const record = async (seed: string) => {
      const { client } = await open({ seed });
      const first = await client.tasks.launch(request());
      const second = await client.tasks.launch(request({ scenario: 'failing' }));
      return [first, second, await story(client, first.id), await story(client, second.id)];
    };
    const one = await record('one');
    expect(await record('one')).toEqual(one);
    expect((await record('two'))[0]).not.toEqual(one[0]);
  });

  it('says that it is a mock, and that nothing runs', async () => {
    const { server, client } = await open();
    expect(await (await fetch(`${server.url}/version`)).json()).toMatchObject({ name: 'agent-harbor-mock' });
    expect(await client.catalogue.executors()).toMatchObject([{ processTracking: 'simulated' }]);
  });

  it('asks for the key that lies in its state directory, unless it is told not to', async () => {
    const { server, stateDir } = await open();
    const list = (headers: Record<string, string> = {}) =>
      fetch(`${server.url}/api/v1/sessions`, { headers });
    const key = (await readFile(server.keyFile, 'utf8')).trim();
    expect((await list()).status).toBe(401);
    expect((await list({ authorization: `ApiKey ${key}` })).status).toBe(200);
    const openDoor = await startMockServer({ port: 0, stateDir, noAuth: true });
    onTestFinished(() => openDoor.close());
    expect((await fetch(`${openDoor.url}/api/v1/sessions`)).status).toBe(200);
  });

  it('plays scenarios from files, by name and when no other fits', async () => {
    const file = await writeScenario(
      'name: mine\ntimeline:\n  - llmResponse: [{ assistant: [[0, My own words]] }]\n',
    );
    const { client } = await open({ scenarioFiles: [file] });
    for (const settings of [{ scenario: 'mine' }, {}]) {
      const { id } = await client.tasks.launch({
        ...request(settings),
        prompt: 'Like no other prompt at all',
      });
      expect((await story(client, id)).join('\n')).toContain('My own words');
    }
    await expect(client.tasks.launch(request({ scenario: 'other' }))).rejects.toMatchObject({
      code: 'unsupported-choice',
      detail: expect.stringContaining('this host has mine, quick-edit'),
    });
  });
});

describe('what cannot be started', () => {
  it('names file, line and column of a bad scenario', async () => {
    const file = await writeScenario('name: mine\ntimeline:\n  - thnk: []\n');
    await expect(open({ scenarioFiles: [file] })).rejects.toMatchObject({
      code: 'invalid-request',
      detail: expect.stringMatching(/mine\.yaml:3:5: timeline\.0\.thnk: /),
    });
  });

  it('names a file that is not there', async () => {
    await expect(open({ scenarioFiles: ['/nowhere/x.yaml'] })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { scenarioFiles: [expect.stringContaining('/nowhere/x.yaml cannot be read')] },
    });
  });

  it('says that a port is held', async () => {
    const { server } = await open();
    await expect(open({ port: Number(new URL(server.url).port) })).rejects.toMatchObject({
      code: 'not-ready',
      detail: expect.stringContaining('--port'),
    });
  });

  it.each([
    ['an address others can reach', { host: '0.0.0.0' }, 'host'],
    ['a speed that runs backwards', { speed: -1 }, 'speed'],
    ['a setting that does not exist', { sped: 1 }, 'sped'],
  ])('refuses %s', async (_, settings, field) => {
    const refused = open(settings as Partial<MockServerSettings>);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { [field]: expect.anything() },
    });
  });
});
