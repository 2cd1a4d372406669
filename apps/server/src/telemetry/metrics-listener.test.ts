import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { listenForScrapers, type MetricsListening } from './metrics-listener.ts';

let listening: MetricsListening;
afterEach(() => listening.close());

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const open = async (names: readonly string[] | null, render = async () => 'x 1\n') => {
  listening = await listenForScrapers({ host: '127.0.0.1', port: 0, names, contentType, render });
  return listening.url;
};

/** As `fetch` does not: with any Host. */
const ask = (url: string, method = 'GET', host?: string) =>
  new Promise<{ status?: number | undefined; type?: string | undefined; text: string }>((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    request(url, { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, type: response.headers['content-type'], text });
    })
      .on('error', reject)
      .end();
  });

test('a scraper reads without a key', async () => {
  const url = await open([]);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  expect(await ask(url)).toEqual({ status: 200, type: contentType, text: 'x 1\n' });
  expect(await ask(url, 'HEAD')).toEqual({ status: 200, type: contentType, text: '' });
});

test('there is nothing else', async () => {
  const url = await open([]);
  expect(await ask(url.replace('/metrics', '/api/v1/sessions'))).toMatchObject({ status: 404 });
  expect(await ask(url.replace('/metrics', '/'))).toMatchObject({ status: 404 });
  expect(await ask(url, 'POST')).toMatchObject({ status: 405 });
});

test('a page that rebinds its own name does not read, unless everybody may', async () => {
  const url = await open(['harbor.test']);
  expect(await ask(url, 'GET', 'evil.example')).toMatchObject({ status: 421 });
  expect(await ask(url, 'GET', 'harbor.test:9464')).toMatchObject({ status: 200 });
  await listening.close();
  expect(await ask(await open(null), 'GET', 'prometheus.cluster')).toMatchObject({ status: 200 });
});

test('many at once are counted once, and a failure says nothing of its reason', async () => {
  let renderings = 0;
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const url = await open([], async () => {
    renderings += 1;
    await gate;
    if (renderings > 1) throw new Error('a secret');
    return 'x 1\n';
  });
  const asked = Array.from({ length: 5 }, () => ask(url));
  await Promise.race([ask(url.replace('/metrics', '/')), ...asked]);
  go();
  for (const { text } of await Promise.all(asked)) expect(text).toBe('x 1\n');
  expect(renderings).toBe(1);
  expect(await ask(url)).toMatchObject({ status: 500, text: 'The metrics cannot be counted.\n' });
});

test('an address that is taken is a problem that names it', async () => {
  const url = await open([]);
  const port = Number(new URL(url).port);
  await expect(
    listenForScrapers({ host: '127.0.0.1', port, names: [], contentType, render: async () => '' }),
  ).rejects.toMatchObject({ code: 'not-ready', detail: expect.stringContaining(`127.0.0.1:${port}`) });
});
