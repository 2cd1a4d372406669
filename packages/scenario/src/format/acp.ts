import { z } from 'zod';
import { meta } from './timed.ts';

const flag = z.boolean().optional();

const McpServer = z
  .object({
    name: z.string().min(1),
    type: z.enum(['stdio', 'http', 'sse']).optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: z.unknown().optional(),
    url: z.string().optional(),
    headers: z.unknown().optional(),
    ...meta,
  })
  .strict();

/** What the agent can do and is started with, for those who test the Agent Client Protocol. */
export const Acp = z
  .object({
    capabilities: z
      .object({
        loadSession: flag,
        promptCapabilities: z
          .object({ image: flag, audio: flag, embeddedContext: flag, ...meta })
          .strict()
          .optional(),
        mcpCapabilities: z
          .object({ http: flag, sse: flag, ...meta })
          .strict()
          .optional(),
        ...meta,
      })
      .strict()
      .optional(),
    cwd: z.string().optional(),
    mcpServers: z.array(McpServer).optional(),
    unstable: flag,
    ...meta,
  })
  .strict()
  .superRefine(({ capabilities, mcpServers = [] }, context) => {
    const can = capabilities?.mcpCapabilities ?? {};
    for (const [index, server] of mcpServers.entries()) {
      const { command, type = command === undefined ? undefined : 'stdio' } = server;
      if (type === 'stdio' || (type === undefined ? can.http || can.sse : can[type])) continue;
      const transport = type ?? 'http or sse';
      context.addIssue({
        code: 'custom',
        path: ['mcpServers', index],
        message: `is reached over ${transport}, which acp.capabilities.mcpCapabilities does not have`,
      });
    }
  });
export type Acp = z.infer<typeof Acp>;
