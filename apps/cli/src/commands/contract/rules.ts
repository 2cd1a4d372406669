import { rules as allRules, type Direction, type Rule } from '@agent-harbor/api-contract/diff';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { type Look, paint, type Text } from '../../terminal/text.ts';

export const rules = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(command)
      .description('Lists the rules by which `ah contract diff` classes a change, and why.')
      .argument('[rule]', 'only this one')
      .addHelpText(
        'after',
        `
Examples:
  $ ah contract rules
  $ ah contract rules enum-value-added`,
      ),
  run: async (context, [only]) => {
    const found = allRules.filter(({ id }) => only === undefined || id === only);
    if (found.length === 0)
      throw usageFailure(`There is no rule "${only}".`, '`ah contract rules` lists them.');
    await context.show(found, () => found.flatMap(render));
  },
});

const render = (rule: Rule): readonly Text[] => [
  [paint('bold', rule.id), `: ${rule.what}`],
  ...directions.flatMap((direction) => {
    const verdict = rule[direction];
    return verdict === undefined
      ? []
      : [[`  ${direction.padEnd(9)}`, paint(looks[verdict.class], verdict.class.padEnd(9)), verdict.why]];
  }),
];

const directions: readonly Direction[] = ['request', 'response', 'event'];

const looks: Readonly<Record<string, Look>> = { breaking: 'red', additive: 'green', neutral: 'dim' };
