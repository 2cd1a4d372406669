import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { feedBatches } from '../feeding.ts';
import { openDatabase } from './database.ts';
import { createLists } from './lists.ts';
import { createLog, frameOf } from './log.ts';

// The limit: what each figure needs on bare node:http and prepared statements. No check of anything.
const [folder = '.'] = process.argv.slice(2);
const database = openDatabase(folder);
const log = createLog(database);
const lists = createLists(database);
const readers = new Set<ServerResponse>();
/** The session that takes what agents say. */
const agents = 1_000_000;

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  request.setEncoding('utf8');
  for await (const piece of request) text += piece;
  return text;
};
const json = (response: ServerResponse, status: number, text: string) => {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
};
const broadcast = (frame: Buffer) => {
  for (const reader of readers) reader.write(frame);
};
const stream = (response: ServerResponse) =>
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });

const replay = async (response: ServerResponse, session: number, after: number) => {
  stream(response);
  const newest = log.newest(session);
  for (let from = after; from < newest; from += 1000) {
    if (!response.write(log.page(session, from))) await once(response, 'drain');
  }
  readers.add(response);
  response.on('close', () => readers.delete(response));
};

/** One cursor, and nothing else, for a reader however slow it is. */
const pull = async (response: ServerResponse, session: number) => {
  stream(response).flushHeaders();
  for (let at = 0; !response.destroyed; ) {
    const newest = log.newest(session);
    if (at === newest) await log.appended();
    else {
      // Few at a time: these are large.
      const page = log.page(session, at, 4);
      at = Math.min(newest, at + 4);
      if (!response.write(page)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  }
};

const launch = async (response: ServerResponse, text: string) => {
  const { id, command, repository, workspace } = JSON.parse(text);
  await log.append(agents, text);
  json(response, 201, `{"id":"${id}"}`);
  if (repository !== undefined)
    await run('git', ['-C', repository, 'worktree', 'add', '--detach', workspace]);
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: workspace ?? folder });
  child.stdout.once('data', async (line: Buffer) => {
    const event = JSON.stringify({ type: 'log', id, message: line.toString('utf8') });
    const seq = await log.append(agents, event);
    broadcast(Buffer.from(frameOf(seq, event)));
  });
};

const run = async (program: string, args: readonly string[]): Promise<void> => {
  const child = spawn(program, args, { stdio: 'ignore' });
  await once(child, 'exit');
};

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const [, what, name = ''] = path.split('/');
  switch (what) {
    case 'append': {
      const seq = await log.append(Number(name), await read(request));
      return json(response, 201, `{"lastSeq":${seq}}`);
    }
    case 'emit': {
      // One write of a shared buffer for each reader; a burst is one write as well.
      const text = await read(request);
      broadcast(Buffer.from(frameOf(1, text).repeat(Number(name))));
      return json(response, 201, '{}');
    }
    case 'fill-events': {
      const wish = JSON.parse(await read(request));
      log.fill(Number(name), wish.count, wish.event);
      return json(response, 201, '{}');
    }
    case 'fill-sessions': {
      const wish = JSON.parse(await read(request));
      lists.fill(wish.count, wish.record);
      return json(response, 201, '{}');
    }
    case 'feed': {
      const wish = JSON.parse(await read(request));
      const event = 'x'.repeat(290);
      const fed = await feedBatches(wish, (session) => log.write(session, wish.batch, event));
      return json(response, 200, JSON.stringify(fed));
    }
    case 'pull':
      return pull(response, Number(name));
    case 'events':
      return replay(response, Number(name), Number(new URLSearchParams(query).get('after') ?? 0));
    case 'live':
      stream(response).flushHeaders();
      readers.add(response);
      response.on('close', () => readers.delete(response));
      return;
    case 'sessions': {
      if (name !== '') return json(response, 200, lists.one(name) ?? '{}');
      const wish = new URLSearchParams(query);
      return json(response, 200, lists.page(wish.get('after'), wish.get('status')));
    }
    case 'tasks':
      return launch(response, await read(request));
    default:
      return json(response, 200, '{}');
  }
};

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 65_000;
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ port })}\n`);
});
