/** A server in miniature: starts the run it is given, tells the first batch of its journal, and goes on reading. */
import { createSeededIds } from '@agent-harbor/core';
import { createProcessExecutor } from '../process-executor.ts';
import { systemClock } from '../recorder/system-clock.ts';
import { fromSource } from './from-source.ts';

const [, , stateDir = '', json = '', pool = '0'] = process.argv;
const run = JSON.parse(json);

const executor = await createProcessExecutor({
  stateDir,
  clock: systemClock,
  ids: createSeededIds(stateDir),
  recorderCommand: fromSource('recorder/main.ts'),
  mockAgentCommand: [process.execPath],
  recorderPool: Number(pool),
});
await executor.start(run, await executor.provision(run));
let hasTold = false;
for await (const { events, offset } of executor.journal(run.sessionId, 0)) {
  const [first] = events;
  if (hasTold || first?.body.type !== 'log') continue;
  hasTold = true;
  console.log(JSON.stringify({ offset, line: first.body.message }));
}
