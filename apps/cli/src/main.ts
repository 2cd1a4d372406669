import { keepCompiledCode } from './compile-cache.ts';
import { processIo } from './process-io.ts';
import { run } from './run.ts';

keepCompiledCode();
// A command may wait on nothing that keeps a process alive by itself, such as the timers of a server that is closing.
const alive = setInterval(() => undefined, 2 ** 30);
process.exitCode = await run(process.argv.slice(2), processIo());
clearInterval(alive);
