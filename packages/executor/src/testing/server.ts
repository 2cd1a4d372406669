/** A server in miniature: starts the run it is given, tells the first batch of its journal, and goes on reading. */
import { join } from 'node:path';
import { createSeededIds } from '@agent-harbor/core';
import { createProcessExecutor } from '../process-executor.ts';
import { systemClock } from '../recorder/system-clock.ts';

const [, , stateDir = '', json = '', pool = '0'] = process.argv;
const run = JSON.parse(json);

const recorder = join(import.meta.dirname, '../recorder/main.ts');
const executor = await createProcessExecutor({
  stateDir,
  clock: systemClock,
  ids: createSeededIds(stateDir),
  recorderCommand: [process.execPath, '--conditions=@agent-harbor/source', recorder],
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
