import { readFileSync } from 'node:fs';
import { ContractReport } from '@agent-harbor/api-contract/diff';
import { expect, test } from 'vitest';
import { runAh } from '../e2e/program.ts';
import { blocksOf } from './guide.ts';

const page = readFileSync(new URL('../../docs/guides/gate-contract-changes.md', import.meta.url), 'utf8');

test('the page about the contract has the rules of today', async () => {
  const { stdout } = await runAh(['contract', 'rules', '--format', 'markdown']);
  expect(page.endsWith(stdout), 'run `ah contract rules --format markdown` and put it at the end').toBe(true);
});

test('its report is one', () => {
  const [report] = blocksOf(page).filter(({ info }) => info === 'json');
  const parsed = ContractReport.parse(JSON.parse(report?.text ?? ''));
  expect(parsed.findings).toHaveLength(1);
});
