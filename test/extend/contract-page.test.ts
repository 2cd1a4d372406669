import { readFileSync } from 'node:fs';
import { ContractReport } from '@agent-harbor/api-contract/diff';
import { expect, test } from 'vitest';
import { runAh } from '../e2e/program.ts';
import { blocksOf } from './guide.ts';

const page = readFileSync(new URL('../../docs/guides/gate-contract-changes.md', import.meta.url), 'utf8');

test('the page about the contract has the rules of today', async () => {
  const { stdout } = await runAh(['contract', 'rules', '--format', 'markdown']);
  const said = 'run `ah contract rules --format markdown` and put it at the end';
  expect(withoutPadding(page).endsWith(withoutPadding(stdout)), said).toBe(true);
});

/** The page is formatted like every other, so its columns are as wide as their longest cell. */
const withoutPadding = (table: string): string =>
  table.replaceAll(/ *\| */g, '|').replaceAll(/\|-+(?=\|)/g, '|-');

test('its report is one', () => {
  const [report] = blocksOf(page).filter(({ info }) => info === 'json');
  const parsed = ContractReport.parse(JSON.parse(report?.text ?? ''));
  expect(parsed.findings).toHaveLength(1);
});
