import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../../test/browser/chromium.ts';
import { type PageServer, servePage } from './serve-page.ts';

const executablePath = findChromium();
if (executablePath === undefined)
  console.warn('\n*** NOT TESTED IN A BROWSER, since there is none: install one or name it in CHROME_BIN\n');

/** An agent of this test: it greets, half a minute later. */
const greeting = {
  name: 'greeting',
  timeline: [
    { userInputs: [[0, 'Greet the world']] },
    { baseTimeDelta: 30_000 },
    { agentEdits: { path: 'greeting.txt', contents: 'Hello, world.\n' } },
    { complete: true },
  ],
};

describe.skipIf(executablePath === undefined)('the page', () => {
  let stateDir: string;
  let site: PageServer;
  let mock: Awaited<ReturnType<typeof startMockServer>>;
  let key: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'web-page-'));
    site = await servePage(0);
    mock = await startMockServer({ port: 0, stateDir, cors: [site.origin] });
    key = (await readFile(mock.keyFile, 'utf8')).trim();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await mock?.close();
    await site?.close();
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** What is done to the mock is done over HTTP, as from any language. */
  const control = async (path: string, change: object): Promise<void> => {
    const answer = await fetch(`${mock.url}/mock/${path}`, {
      method: 'POST',
      headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };

  beforeEach(async () => {
    await control('reset', {});
    await control('clock', { mode: 'frozen' });
    await control('scenarios', greeting);
    page = await browser.newPage();
  });
  afterEach(() => page.close());

  const open = () => page.goto(`${site.origin}/#server=${mock.url}&key=${key}`);
  const launch = async (prompt: string): Promise<void> => {
    await page.getByLabel('Prompt').fill(prompt);
    await page.getByRole('button', { name: 'Launch' }).click();
  };
  /** For a busy machine; what comes sooner is not waited for. */
  const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 20_000 });
  const lines = (list: string) => () => page.locator(`#${list} li`).allTextContents();

  test('launches, follows and shows what came of it, as time is told to pass', async () => {
    await open();
    await launch('Greet the world');
    await eventually(lines('events')).toEqual(['status: queued', 'status: provisioning', 'status: running']);
    await eventually(lines('sessions')).toEqual(['Greet the world: running']);
    expect(await page.locator('#diff').textContent()).toBe('');

    await control('clock', { advanceMs: 30_000 });
    await eventually(lines('sessions')).toEqual(['Greet the world: completed']);
    await eventually(() => page.locator('#diff').textContent()).toContain('+Hello, world.');
  });

  test('shows every event once, though an event breaks off in the middle', async () => {
    await control('faults', { kind: 'half-frame', frame: 2, route: 'sessions.events', count: 1 });
    await open();
    await launch('Greet the world');
    await eventually(lines('events')).toEqual(['status: queued', 'status: provisioning', 'status: running']);
    expect(mock.faults.list()).toMatchObject([{ struck: 1 }]);
  });

  test('says what is wrong, and what an agent says is no markup', async () => {
    await control('faults', { kind: 'status', status: 403, route: 'tasks.create', count: 1 });
    await open();
    await launch('Greet the world');
    await eventually(() => page.getByRole('alert').textContent()).not.toBe('');

    await launch('Greet the world');
    await eventually(lines('sessions')).toEqual(['Greet the world: running']);
    expect(await page.getByRole('alert').textContent()).toBe('');
    const { items } = await (
      await fetch(`${mock.url}/api/v1/sessions`, { headers: { 'x-api-key': key } })
    ).json();
    await control(`sessions/${items[0].id}/events`, { type: 'log', level: 'info', message: '<b>Loud</b>' });
    await eventually(lines('events')).toContain('log: <b>Loud</b>');
  });
});
