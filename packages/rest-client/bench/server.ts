import { createServer } from 'node:http';

// The other side of the measurement, in a process of its own, so that its work is not counted: it gives what is ready.
const events = Number(process.argv[2]);
const perWrite = 64;
const place = { ts: '2026-01-02T03:04:05.678Z', sessionId: '01HVZ6K9T1N8S6M3V3Q3F0X000' };
const frame = (seq: number): string => {
  const body = { type: 'log', level: 'info', message: `line ${seq} ${'x'.repeat(180)}`, seq, ...place };
  return `id: e1-${seq}\ndata: ${JSON.stringify(body)}\n\n`;
};
const frames = Array.from({ length: events }, (_, index) => frame(index + 1));
const writes: Buffer[] = [];
for (let from = 0; from < events; from += perWrite) {
  writes.push(Buffer.from(frames.slice(from, from + perWrite).join('')));
}
const answer = Buffer.from(JSON.stringify({ status: 'ok', checks: { text: 'x'.repeat(600) } }));

const server = createServer(async (request, response) => {
  if (request.url?.endsWith('/events') !== true) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
    return;
  }
  if (request.headers['last-event-id'] !== undefined) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const write of writes) {
    if (!response.write(write)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
