import { paint, type Text } from '../terminal/text.ts';
import { type Outcome, sum } from './outcome.ts';

const marks = {
  holds: paint('green', '✓'),
  fails: paint('red', '✗'),
  'not-applicable': paint('yellow', '-'),
} as const;

/** One outcome for people: what was promised, and where it does not hold what to look at. */
export const outcomeLines = ({ outcome, name, promises, reason, reproduction }: Outcome): readonly Text[] => [
  ['  ', marks[outcome], ` ${name}`, paint('dim', ` (${promises})`)],
  ...(outcome === 'not-applicable' ? [`      does not apply: ${reason}`] : []),
  ...(outcome === 'fails' ? [[`      `, paint('red', reason ?? '')]] : []),
  ...(reproduction === undefined
    ? []
    : [
        ['      ', paint('dim', 'try  '), reproduction.command],
        ['      ', paint('dim', 'got  '), reproduction.answer],
      ]),
];

/** The sum of a run. */
export const sumLine = (outcomes: readonly Outcome[], durationMs: number): Text => {
  const { holds, fails, 'not-applicable': lacking } = sum(outcomes);
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  return [
    paint('green', `${holds} hold`),
    ', ',
    fails === 0 ? '0 fail' : paint('red', `${fails} fail`),
    lacking === 0 ? '' : `, ${lacking} do not apply`,
    paint('dim', `  (${seconds})`),
  ];
};
