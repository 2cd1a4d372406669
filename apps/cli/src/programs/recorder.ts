import { runRecorder } from '@agent-harbor/executor/recorder';

// A program of its own, and not `ah agent record`: one runs per session, so it loads nothing else.
await runRecorder(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The recorder failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
