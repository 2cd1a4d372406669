import { processIo } from '../process-io.ts';
import { runProgram } from '../run-program.ts';

// `ah mock-server` as a program of its own: what `npx @agent-harbor/mock-server` runs.
const load = () => import('../commands/mock-server.ts').then(({ mockServer }) => mockServer);
// A server that is closing may wait on nothing that keeps a process alive by itself.
const alive = setInterval(() => undefined, 2 ** 30);
process.exitCode = await runProgram('agent-harbor-mock-server', { load }, process.argv.slice(2), processIo());
clearInterval(alive);
