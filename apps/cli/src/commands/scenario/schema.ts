import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';

export const schema = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(command)
      .description('Prints the JSON Schema of scenario files, for editors.')
      .addHelpText(
        'after',
        `
An editor with a YAML language server uses it for files that begin with this line:
  # yaml-language-server: $schema=./scenario.schema.json

Examples:
  $ ah scenario schema > scenario.schema.json`,
      ),
  run: async (context) => {
    const { showSchema } = await import('../../scenario/show.ts');
    await showSchema(context);
    return undefined;
  },
});
