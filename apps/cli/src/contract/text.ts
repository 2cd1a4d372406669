import type { ContractReport, FindingClass } from '@agent-harbor/api-contract/diff';
import { reveal } from '../terminal/clean.ts';
import { type Look, paint, type Text } from '../terminal/text.ts';
import { directionOf, listRoutes, summaryOf } from './summary.ts';

type Found = ContractReport['findings'][number];

const looks: Readonly<Record<FindingClass, Look>> = { breaking: 'red', additive: 'green', neutral: 'dim' };

/** The report for people at a terminal: what breaks in full, the rest in short. */
export const renderReport = (report: ContractReport): readonly Text[] => [
  paint('bold', summaryOf(report)),
  ...report.findings.flatMap((found) => (found.class === 'breaking' ? ['', ...inFull(found)] : [])),
  ...(report.breaking > 0 && report.additive + report.neutral > 0 ? [''] : []),
  ...report.findings.flatMap((found) => (found.class === 'breaking' ? [] : inShort(found))),
];

const headOf = (found: Found): Text => [
  paint(looks[found.class], found.class.padEnd(9)),
  paint('bold', reveal(found.place)),
  paint('dim', `${directionOf(found)}: `),
  found.what,
  ...(found.acceptedBy === null ? [] : [paint('yellow', ` (accepted by ${found.acceptedBy})`)]),
];

const inFull = (found: Found): readonly Text[] => [
  headOf(found),
  [indent, changeOf(found)],
  [indent, found.why],
  ...(found.routes.length === 0
    ? []
    : [[indent, paint('dim', `reaches ${reveal(listRoutes(found.routes))}`)]]),
  [indent, paint('dim', found.rule)],
];

const inShort = (found: Found): readonly Text[] => [[headOf(found), paint('dim', ' | '), changeOf(found)]];

const changeOf = ({ before, after }: Found): Text => [
  paint('red', reveal(before ?? 'nothing')),
  ' → ',
  paint('green', reveal(after ?? 'nothing')),
];

const indent = ' '.repeat(9);
