import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, plans, says, thinks, waits } from './phrases.ts';

/** The tests of the demonstration: two that pass, and in between what is given. */
const testRun = (third: readonly string[], failed: boolean): ScenarioSource['timeline'][number] => ({
  agentToolUse: {
    toolName: 'runCmd',
    args: { cmd: ['node', '--test'] },
    ...(failed ? { status: 'error' } : {}),
    toolExecution: {
      startTimeMs: 100,
      events: [
        { type: 'stdout', timeMs: 400, content: '✔ an empty cart costs nothing' },
        { type: 'stdout', timeMs: 450, content: `${failed ? '✖' : '✔'} every piece of an item is charged` },
        { type: 'stdout', timeMs: 500, content: '✔ cents are written as people write them' },
        { type: 'stdout', timeMs: 600, content: 'ℹ tests 3' },
        { type: 'stdout', timeMs: 600, content: `ℹ pass ${failed ? 2 : 3}` },
        { type: 'stdout', timeMs: 600, content: `ℹ fail ${failed ? 1 : 0}` },
        ...third.map((content) => ({ type: 'stdout', timeMs: 650, content }) as const),
        { type: 'completion', timeMs: 700, exitCode: failed ? 1 : 0 },
      ],
    },
  },
});

const [run, mend, again] = ['Run the tests', 'Mend what they show', 'Run the tests again'];

export const fixFailingTest: ScenarioSource = {
  name: 'fix-failing-test',
  description: 'Finds out why a test fails, mends the code and shows that the tests pass: the demonstration.',
  tags: ['demo'],
  timeline: [
    asked('Fix the failing test'),
    thinks(500, 'A test fails. Before I change anything I want to see it fail.'),
    plans([run, 'in_progress'], [mend, 'pending'], [again, 'pending']),
    testRun(['  AssertionError: 370 !== 620'], true),
    says(600, 'Two loaves are charged as one. I read how the cart is added up.'),
    { agentFileReads: { files: [{ path: 'src/cart.js' }, { path: 'test/cart.test.js' }] } },
    thinks(
      700,
      'The sum takes the price of each item but never its quantity. The test is right, the code is wrong.',
    ),
    plans([run, 'completed'], [mend, 'in_progress'], [again, 'pending']),
    waits(300),
    {
      agentEdits: {
        path: 'src/cart.js',
        oldText: 'sum + item.price,',
        newText: 'sum + item.price * item.quantity,',
        description: 'Charge every piece of an item',
      },
    },
    waits(200),
    {
      agentEdits: {
        path: 'CHANGELOG.md',
        oldText: '# Changelog\n',
        newText: '# Changelog\n\n## Unreleased\n\n- Every piece of an item is charged.\n',
        description: 'Note the correction',
      },
    },
    waits(400),
    testRun([], false),
    plans([run, 'completed'], [mend, 'completed'], [again, 'completed']),
    says(400, 'All tests pass. The cart now charges the quantity of every item, and the changelog says so.'),
    done,
  ],
};
