import { createServer } from 'node:http';
import { join } from 'node:path';
import { createHarbor, createSeededIds, type NewEvent } from '@agent-harbor/core';
import { openSqliteStore } from '@agent-harbor/store';
import { feedBatches } from '../feeding.ts';
import { createJournals } from './journals.ts';

// The rules and the store without a door: what a batch of a journal costs on its way into the log.
const [folder = '.'] = process.argv.slice(2);
const sessions = 20;
const ids = createSeededIds('feed');
const store = await openSqliteStore({ path: join(folder, 'harbor.db'), ids });
const journals = createJournals();
const clock = {
  now: () => Date.now(),
  schedule: (delayMs: number, wake: () => void) => {
    const timer = setTimeout(wake, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
const harbor = createHarbor({ store, executor: journals.executor, clock, ids, maxConcurrentTasks: sessions });
const followed: string[] = [];
for (let number = 0; number < sessions; number++) {
  const { id } = await harbor.tasks.launch({
    prompt: 'Fix the login page',
    repo: { mode: 'none' },
    agents: [{ type: 'command', settings: { command: ['true'] } }],
  });
  followed.push(id);
}
const message = 'x'.repeat(165);
const eventNow = (): NewEvent => ({ at: clock.now(), body: { type: 'log', level: 'info', message } });

process.once('SIGTERM', () => process.exit(0));

const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  const wish = JSON.parse(text);
  const fed = await feedBatches(wish, (session) =>
    journals.write(followed[session] ?? '', Array.from({ length: wish.batch }, eventNow)),
  );
  const answer = JSON.stringify(fed);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ port })}\n`);
});
