import { runForkServer } from '@agent-harbor/executor/fork-server';

// A program of its own, because it must stay small: what it starts is copied from it.
await runForkServer(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The fork server cannot run: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(2);
  },
);
