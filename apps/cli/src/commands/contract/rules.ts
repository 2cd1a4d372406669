import { rules as allRules, type Direction, type Rule, type Verdict } from '@agent-harbor/api-contract/diff';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { type Look, paint, type Text } from '../../terminal/text.ts';

export const rules = defineCommand({
  flags: z.object({ format: z.enum(['text', 'markdown', 'json']).optional() }),
  declare: (command) =>
    withCommon(command)
      .description('Lists the rules by which `ah contract diff` classes a change, and why.')
      .argument('[rule]', 'only this one')
      .option('--format <format>', 'text, markdown or json (text)')
      .addHelpText(
        'after',
        `
Examples:
  $ ah contract rules
  $ ah contract rules enum-value-added`,
      ),
  run: async (context, [only], { format }) => {
    const found = allRules.filter(({ id }) => only === undefined || id === only);
    if (found.length === 0)
      throw usageFailure(`There is no rule "${only}".`, '`ah contract rules` lists them.');
    if (format === 'markdown') await context.io.stdout.write(tableOf(found));
    else if (format === 'json') await context.printJson(found);
    else await context.show(found, () => found.flatMap(render));
  },
});

const directions: readonly Direction[] = ['request', 'response', 'event'];

const looks: Readonly<Record<Verdict['class'], Look>> = {
  breaking: 'red',
  additive: 'green',
  neutral: 'dim',
};

const render = (rule: Rule): readonly Text[] => [
  [paint('bold', rule.id), `: ${rule.what}`],
  ...directions.flatMap((direction) => {
    const verdict = rule[direction];
    const head = `  ${direction.padEnd(9)}`;
    return verdict === undefined
      ? []
      : [[head, paint(looks[verdict.class], verdict.class.padEnd(9)), verdict.why]];
  }),
];

const tableOf = (found: readonly Rule[]): string =>
  [
    '| rule | what happened | in a request | in a response | in an event |',
    '| --- | --- | --- | --- | --- |',
    ...found.map((rule) => {
      const cells = directions.map((direction) => cellOf(rule, direction));
      return `| \`${rule.id}\` | ${rule.what} | ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');

/** What is received is mostly one: an event says so and not the same again. */
const cellOf = (rule: Rule, direction: Direction): string => {
  const verdict = rule[direction];
  if (verdict === undefined) return '';
  if (direction !== 'request' && verdict.why === rule.request?.why) return 'as in a request';
  if (direction === 'event' && verdict.why === rule.response?.why) return 'as in a response';
  return `${verdict.class === 'breaking' ? '**breaking**' : verdict.class}: ${verdict.why}`;
};
