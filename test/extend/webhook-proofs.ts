import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { blocksOf } from './guide.ts';
import type { Shell } from './shell.ts';

/** What the page about webhooks says, tried as a reader would; `read` gives a page. */
export const webhookTrials = (read: (page: string) => string) => {
  let receiver = '';
  const type = async (shell: Shell, block: string, phrases: readonly string[]) => {
    const { code, output } = await shell.type(block.replaceAll('http://127.0.0.1:8080', receiver));
    expect(code, output).toBe(0);
    for (const phrase of phrases) expect(output).toContain(phrase);
  };
  return {
    /** Runs the receiver of the page. */
    async receives(shell: Shell, block: string) {
      const blocks = blocksOf(read('docs/guides/webhooks.md'));
      await shell.put('receiver.mjs', blocks.find(({ info }) => info === 'js')?.text ?? '');
      receiver = await shell.serve(`PORT=0 ${block}`);
      // It takes nothing that is not signed.
      const forged = { method: 'POST', body: '{"type":"session.completed","data":{}}' };
      expect((await fetch(receiver, forged)).status).toBe(401);
    },
    /** Serves beside the receiver. */
    async serves(shell: Shell, block: string) {
      const address = await shell.serve(block);
      expect((await fetch(`${address}/readyz`)).status).toBe(200);
    },
    /** A command that names the receiver. */
    tells:
      (...phrases: string[]) =>
      (shell: Shell, block: string) =>
        type(shell, block, phrases),
    /** The message may come a moment after the end of its session is shown. */
    async hears(shell: Shell, block: string) {
      const [task = '', look = ''] = block.split('\n');
      await type(shell, task, ['completed']);
      await type(shell, 'until grep -q session.completed heard.txt; do sleep 0.1; done', []);
      await type(shell, look, ['webhook.test', 'session.completed']);
    },
    /** A message as a receiver may have kept it, and one that somebody touched. */
    async verifies(shell: Shell, block: string) {
      const secret = (await readFile(shell.place('webhook.secret'), 'utf8')).trim();
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const [id, time, body] = ['msg_1', String(Math.floor(Date.now() / 1000)), '{"type":"webhook.test"}'];
      const mac = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` };
      await shell.put('headers.json', JSON.stringify(headers));
      await shell.put('body.json', body);
      await type(shell, block, ['right: msg_1']);
      await shell.put('body.json', `${body}\n`);
      const { code, output } = await shell.type(block);
      expect(code, output).toBe(1);
      expect(output).toContain('not right');
    },
  };
};
