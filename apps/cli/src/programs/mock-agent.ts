import { runMockAgent } from '@agent-harbor/executor/mock-agent';

// Standard output belongs to the protocol, so whatever goes wrong is said on standard error.
await runMockAgent().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The mock agent cannot play: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(2);
  },
);
