import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>
  >;
}

const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((path) => {
  const workflow: Workflow = parse(readFileSync(root + path, 'utf8'));
  return { path, ...workflow, steps: Object.values(workflow.jobs).flatMap(({ steps }) => steps) };
});

test.each(workflows)('$path runs only actions that nobody can exchange', ({ steps }) => {
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test('the workflow CI runs everything that `.ci/run` runs', () => {
  const suites = [...readFileSync(`${root}.ci/run`, 'utf8').matchAll(/^suite .*?(npm .*)$/gm)];
  const wanted = suites.map(([, command]) => command);
  expect(wanted).toContain('npm test');
  const ci = workflows.find(({ path }) => path.endsWith('ci.yml'));
  expect(ci?.steps.map(({ run }) => run)).toEqual(expect.arrayContaining(wanted));
});
