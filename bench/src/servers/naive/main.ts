import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import express, { type Response } from 'express';
import { feedBatches } from '../feeding.ts';

// What is written first: Express as it comes, one commit per event, an encoding per reader, lists by offset.
const [folder = '.'] = process.argv.slice(2);
const database = new Database(join(folder, 'naive.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`
  CREATE TABLE IF NOT EXISTS events (session INTEGER, seq INTEGER, body TEXT, PRIMARY KEY (session, seq));
  CREATE TABLE IF NOT EXISTS sessions (ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, status TEXT, created_at INTEGER, record TEXT);
  CREATE INDEX IF NOT EXISTS sessions_created ON sessions (created_at);
`);
const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
const newest = database.prepare<[number], { seq: number | null }>(
  'SELECT max(seq) AS seq FROM events WHERE session = ?',
);
const after = database.prepare<[number, number], { seq: number; body: string }>(
  'SELECT seq, body FROM events WHERE session = ? AND seq > ? ORDER BY seq',
);
const one = database.prepare<[string], { record: string }>('SELECT record FROM sessions WHERE id = ?');
const page = database.prepare<[number], { record: string }>(
  'SELECT record FROM sessions ORDER BY created_at DESC LIMIT 50 OFFSET ?',
);
const ofStatus = database.prepare<[string], { record: string }>(
  'SELECT record FROM sessions WHERE status = ? ORDER BY created_at DESC LIMIT 50',
);

/** The session that takes what agents say. */
const agents = 1_000_000;
const readers = new Map<number, Set<Response>>();
const append = (session: number, event: object): number => {
  const seq = (newest.get(session)?.seq ?? 0) + 1;
  insert.run(session, seq, JSON.stringify(event));
  for (const reader of readers.get(session) ?? []) {
    reader.write(`id: ${seq}\ndata: ${JSON.stringify({ ...event, seq })}\n\n`);
  }
  return seq;
};

const app = express();
app.use(express.json({ limit: '64mb' }));
app.post('/append/:session', (request, response) => {
  response.status(201).json({ lastSeq: append(Number(request.params.session), request.body) });
});
app.post('/burst/:session/:count', (request, response) => {
  for (let count = 0; count < Number(request.params.count); count++) {
    append(Number(request.params.session), request.body);
  }
  response.status(201).json({});
});
app.post('/feed', async (request, response) => {
  const event = { type: 'log', message: 'x'.repeat(260) };
  const take = (session: number) => {
    for (let count = 0; count < request.body.batch; count++) append(session, event);
  };
  response.json(await feedBatches(request.body, take));
});
app.post('/fill-events/:session', (request, response) => {
  const { count, event } = request.body;
  database.transaction(() => {
    for (let seq = 1; seq <= count; seq++) insert.run(Number(request.params.session), seq, event);
  })();
  response.status(201).json({});
});
app.post('/fill-sessions', (request, response) => {
  const { count, record } = request.body;
  const add = database.prepare('INSERT INTO sessions (id, status, created_at, record) VALUES (?, ?, ?, ?)');
  database.transaction(() => {
    for (let number = 0; number < count; number++) {
      const id = `01${number.toString().padStart(24, '0')}`;
      add.run(
        id,
        number % 1000 === 0 ? 'stopped' : 'completed',
        number * 10,
        record.replaceAll('01HVZ6K9T1N8S6M3V3Q3F0X000', id),
      );
    }
  })();
  response.status(201).json({});
});
app.post('/tasks', async (request, response) => {
  const { id, command, repository, workspace } = request.body;
  append(agents, request.body);
  response.status(201).json({ id });
  if (repository !== undefined) {
    const clone = spawn('git', ['clone', '--quiet', '--', repository, workspace], { stdio: 'ignore' });
    await once(clone, 'exit');
  }
  const [program, ...args] = command;
  const agent = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: workspace ?? folder });
  createInterface({ input: agent.stdout }).on('line', (message) =>
    append(agents, { type: 'log', id, message }),
  );
});
app.get('/events/:session', (request, response) => {
  const session = Number(request.params.session);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  for (const { seq, body } of after.all(session, Number(request.query.after ?? 0))) {
    response.write(`id: ${seq}\ndata: ${JSON.stringify({ ...JSON.parse(body), seq })}\n\n`);
  }
  const mine = readers.get(session) ?? new Set();
  readers.set(session, mine.add(response));
  request.on('close', () => mine.delete(response));
});
app.get('/sessions/:id', (request, response) => {
  response.json(JSON.parse(one.get(request.params.id)?.record ?? '{}'));
});
app.get('/sessions', (request, response) => {
  const { status, offset = 0 } = request.query;
  const rows = status === undefined ? page.all(Number(offset)) : ofStatus.all(String(status));
  response.json({ items: rows.map(({ record }) => JSON.parse(record)) });
});
app.get('/healthz', (_request, response) => {
  response.json({});
});

// Its clients are ours, and wait for a busy machine.
const server = app.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ port })}\n`);
});
server.keepAliveTimeout = 65_000;
