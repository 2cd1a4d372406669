import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderApi, renderTable } from './render.ts';

const read = (name: string) => readFileSync(new URL(`../src/routes/${name}.ts`, import.meta.url), 'utf8');
const remedy = 'run `pnpm --filter @agent-harbor/rest-client routes`';

test('the table of routes is the contract', () => {
  expect(read('table'), remedy).toBe(renderTable());
});

test('the typed methods are the contract', () => {
  expect(read('api'), remedy).toBe(renderApi());
});
