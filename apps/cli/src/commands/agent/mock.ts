import type { CommandDefinition } from '../../command.ts';

/** Called by executors, which speak the Agent Client Protocol with it over stdin and stdout. */
export const mock: CommandDefinition = {
  passesThrough: true,
  declare: (command) => command,
  run: async (_context, args) => {
    const { runMockAgent } = await import('@agent-harbor/executor/mock-agent');
    await runMockAgent(args);
    return undefined;
  },
};
