import { fork } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createParser } from 'eventsource-parser';
import { Agent } from 'undici';
import { connect } from '../src/node.ts';
import { type Figure, measure, ratioOf } from './measure.ts';

// What the client costs above the bare parts it is made of: `pnpm --filter @agent-harbor/rest-client bench`.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    calls: { type: 'string', default: '2000' },
    events: { type: 'string', default: '50000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);
const events = Number(values.events);

const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [String(events)]);
const port = await new Promise<number>((resolve) => server.once('message', (said) => resolve(Number(said))));
const base = `http://127.0.0.1:${port}`;
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
// As in production: the checks of development parse every answer once more.
const client = connect({ base, apiKey: 'bench-key', validate: false });
const headers = { accept: 'application/json', authorization: 'ApiKey bench-key' };

const bareCalls = async (): Promise<number> => {
  for (let call = 0; call < calls; call += 1) {
    const { body } = await agent.request({ origin: base, path: '/healthz', method: 'GET', headers });
    JSON.parse(await body.text());
  }
  return calls;
};
const clientCalls = async (): Promise<number> => {
  for (let call = 0; call < calls; call += 1) await client.service.health();
  return calls;
};

const path = '/api/v1/sessions/01HVZ6K9T1N8S6M3V3Q3F0X000/events';
const byHand = async (): Promise<number> => {
  let last = 0;
  const accept = { ...headers, accept: 'text/event-stream' };
  const { body } = await agent.request({ origin: base, path, method: 'GET', headers: accept });
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ data }) => {
      last = JSON.parse(data).seq;
    },
  });
  for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  return last;
};
/** The same as a loop over events, which is what the client gives. */
async function* eventsByHand(): AsyncGenerator<{ seq: number }> {
  const accept = { ...headers, accept: 'text/event-stream' };
  const { body } = await agent.request({ origin: base, path, method: 'GET', headers: accept });
  const decoder = new TextDecoder();
  let due: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => due.push(data) });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const data of due) yield JSON.parse(data);
    due = [];
  }
}
const byHandInLoop = async (): Promise<number> => {
  let last = 0;
  for await (const { seq } of eventsByHand()) last = seq;
  return last;
};
const byClient = async (): Promise<number> => {
  const leaving = new AbortController();
  let last = 0;
  const id = '01HVZ6K9T1N8S6M3V3Q3F0X000';
  for await (const { event } of client.tasks.subscribe(id, { signal: leaving.signal })) {
    last = 'seq' in event && typeof event.seq === 'number' ? event.seq : last;
    if (last === events) break;
  }
  return last;
};

const callFigures = await measure(
  [
    { name: 'a call, bare undici', run: bareCalls },
    { name: 'a call, the client', run: clientCalls },
  ],
  rounds,
);
const streamFigures = await measure(
  [
    { name: 'an event, by hand, to a callback', run: byHand },
    { name: 'an event, by hand, in a loop', run: byHandInLoop },
    { name: 'an event, the client', run: byClient },
  ],
  rounds,
);
await client.close();
await agent.destroy();
server.kill();

const report = [
  { what: 'call', figures: callFigures, ratio: ratioOf(callFigures[1], callFigures[0]), budget: 1.3 },
  {
    what: 'stream, to a loop by hand',
    figures: streamFigures,
    ratio: ratioOf(streamFigures[2], streamFigures[1]),
    budget: 1.15,
  },
  {
    what: 'stream, to a callback by hand',
    figures: [],
    ratio: ratioOf(streamFigures[2], streamFigures[0]),
    budget: undefined,
  },
];
const machine = `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
const row = ({ name, median, least, most }: Figure) =>
  `| ${name} | ${median.toFixed(2)} | ${least.toFixed(2)}–${most.toFixed(2)} |`;
if (values.json) console.log(JSON.stringify({ machine, rounds, calls, events, report }, undefined, 2));
else {
  console.log(`${machine}; ${rounds} rounds of ${calls} calls and ${events} events\n`);
  console.log('| processor time, µs | median | spread |\n| --- | --- | --- |');
  for (const { figures } of report) for (const figure of figures) console.log(row(figure));
  console.log('\n| ratio to bare | measured | budget |\n| --- | --- | --- |');
  for (const { what, ratio, budget } of report)
    console.log(`| ${what} | ${ratio.toFixed(2)} | ${budget?.toFixed(2) ?? '–'} |`);
}
