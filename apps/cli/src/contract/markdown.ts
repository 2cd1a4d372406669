import type { ContractReport } from '@agent-harbor/api-contract/diff';
import { reveal } from '../terminal/clean.ts';
import { directionOf, listRoutes, summaryOf } from './summary.ts';

/** By which a workflow finds the comment it wrote before. */
const marker = '<!-- ah contract diff -->';

/** GitHub takes 65,536 characters for a comment. */
const mostCharacters = 60_000;

type Found = ContractReport['findings'][number];

/** The report as a comment on a pull request. Texts of the documents stand as code: they cannot speak for themselves. */
export const renderMarkdown = (report: ContractReport, remarks: readonly string[]): string => {
  const breaking = report.findings.filter((found) => found.class === 'breaking');
  const others = report.findings.filter((found) => found.class !== 'breaking');
  const parts = [
    `${marker}\n### Contract: ${summaryOf(report)}\n`,
    ...remarks.map((remark) => `\n${code(remark)}\n`),
    report.passed ? '' : `\n${advice(report)}\n`,
  ];
  const table = rowsWithin(breaking, mostCharacters - parts.join('').length);
  const rest = rowsWithin(others, mostCharacters - parts.join('').length - table.length);
  const details =
    others.length === 0
      ? ''
      : `\n<details><summary>${others.length} that break nobody</summary>\n${rest}\n</details>\n`;
  return [...parts, table, details].join('');
};

const advice = ({ breaking, failOn }: ContractReport): string =>
  breaking > 0
    ? 'If it is meant to break, add a changeset with a bump that may break (`major`; `minor` below 1.0) whose text begins with `BREAKING:` and says what users do now. Else keep what clients rely on.'
    : `Nothing here is to change (\`--fail-on ${failOn}\`).`;

const head =
  '\n| class | where | what | was | is | why, and what to do |\n| --- | --- | --- | --- | --- | --- |\n';

/** As many rows as there is room for, the worst first. */
const rowsWithin = (findings: readonly Found[], room: number): string => {
  if (findings.length === 0) return '';
  let table = head;
  for (const [index, found] of findings.entries()) {
    const row = rowOf(found);
    if (table.length + row.length > room - 200) return `${table}\n… and ${findings.length - index} more.\n`;
    table += row;
  }
  return table;
};

const rowOf = (found: Found): string => {
  const { class: weight, place, routes, what, rule, before, after, why, acceptedBy } = found;
  const cells = [
    `${weight === 'breaking' ? '**breaking**' : weight}${acceptedBy === null ? '' : ` (accepted by ${code(acceptedBy)})`}`,
    `${code(place)}${directionOf(found)}${reach(place, routes)}`,
    `${cell(what)} (\`${rule}\`)`,
    code(before),
    code(after),
    cell(why),
  ];
  return `| ${cells.join(' | ')} |\n`;
};

/** A place that names its only route needs not say so again. */
const reach = (place: string, routes: readonly string[]): string =>
  routes.length === 0 || place.startsWith(`${routes[0]}`) ? '' : `, reaches ${code(listRoutes(routes))}`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A run of backticks around it is longer than any inside. */
const code = (text: string | null): string => {
  if (text === null) return 'nothing';
  const line = reveal(text).replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${cell(line)}${pad}${fence}`;
};
