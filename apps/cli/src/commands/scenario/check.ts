import { defineCommand, withCommon } from '../../flags.ts';
import { DefineFlag, withDefine } from './define-flag.ts';

export const check = defineCommand({
  flags: DefineFlag,
  declare: (command) =>
    withDefine(withCommon(command))
      .description(
        'Checks scenario files: what is wrong, with line and column, and what would never be played.',
      )
      .argument('<file...>', 'YAML files')
      .addHelpText(
        'after',
        `
Exit code 0: all of them can be played; 7: something is wrong.

Examples:
  $ ah scenario check scenarios/*.yaml
  $ ah scenario check ci.yaml --define ci --define attempts=3`,
      ),
  run: async (context, files, { define }) => {
    const { checkScenarios } = await import('../../scenario/check.ts');
    return checkScenarios(context, files, define);
  },
});
