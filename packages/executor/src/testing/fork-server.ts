import { runForkServer } from '../process/fork-server/main.ts';

// The fork server as a program, for tests that start it from the sources.
await runForkServer(process.argv.slice(2));
process.exit(0);
