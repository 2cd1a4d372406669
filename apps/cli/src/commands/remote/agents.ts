import { z } from 'zod';
import { defineCommand, show, withCommon, withServer } from '../../command.ts';
import { table } from '../../terminal/table.ts';

export const agents = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the agents a task can ask for, or the JSON Schema of the settings of one.')
      .argument('[type]', 'show the settings of this agent')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote agents
  $ ah remote agents acp`,
      ),
  run: async (context, [type]) => {
    const { catalogue } = await context.client();
    if (type !== undefined) {
      const schema = await catalogue.agentSchema(type);
      show(context, schema, () => JSON.stringify(schema, undefined, 2));
      return;
    }
    const items = await catalogue.agents();
    show(context, { items }, () =>
      table(
        [
          { title: 'TYPE', cell: (agent) => agent.type },
          { title: 'NAME', cell: (agent) => agent.displayName },
          { title: 'VERSIONS', cell: (agent) => agent.versions.join(', ') },
          { title: 'DESCRIPTION', cell: (agent) => agent.description, flexible: true },
        ],
        items,
        context.style,
        context.io.stdout.columns,
      ),
    );
  },
});
