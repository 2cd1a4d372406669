import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { hereWords } from '../../render/presence.ts';
import { safeJson } from '../../terminal/clean.ts';
import { table } from '../../terminal/table.ts';

export const agents = defineCommand({
  flags: z.object({ types: z.boolean().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the agents a task can ask for, or the JSON Schema of the settings of one.')
      .argument('[type]', 'show the settings of this agent')
      .option('--types', 'only their types, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote agents
  $ ah remote agents acp`,
      ),
  run: async (context, [type], { types }) => {
    const { catalogue } = await context.client(types === true ? { attempts: 1 } : {});
    if (type !== undefined) {
      const schema = await catalogue.agentSchema(type);
      await context.show(schema, () => safeJson(schema, 2).split('\n'));
      return;
    }
    const items = await catalogue.agents();
    await context.show({ items }, () =>
      types === true
        ? items.map((agent) => agent.type)
        : table(
            [
              { title: 'TYPE', cell: (agent) => agent.type },
              { title: 'NAME', cell: (agent) => agent.displayName },
              { title: 'VERSIONS', cell: (agent) => agent.versions.join(', ') },
              { title: 'HERE', cell: ({ presence }) => hereWords(presence) },
              { title: 'DESCRIPTION', cell: (agent) => agent.description, flexible: true },
            ],
            items,
            context.columns,
          ),
    );
  },
});
