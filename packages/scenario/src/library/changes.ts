import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, plans, runs, says, thinks, waits, writes } from './phrases.ts';

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('');

export const hugeOutput = (): ScenarioSource => ({
  name: 'huge-output',
  description: 'A tool prints two mebibytes and a file of 5,000 lines is written: what has to be cut, is.',
  tags: ['load'],
  timeline: [
    asked('Print everything there is'),
    {
      agentToolUse: {
        toolName: 'webFetch',
        args: { url: 'https://example.com/everything.txt' },
        result: lines(200_000, 'line').slice(0, 2 * 1024 * 1024),
      },
    },
    waits(200),
    writes('data/everything.txt', lines(5_000, 'row'), 'As much as fits'),
    says(200, 'That was everything.'),
    done,
  ],
});

export const evolvingPlan: ScenarioSource = {
  name: 'evolving-plan',
  description: 'A plan that grows while it is carried out: steps are found, split and ticked off.',
  tags: ['plan'],
  timeline: [
    asked('Plan and add a price list'),
    plans(['Look at the cart', 'in_progress'], ['Add a price list', 'pending']),
    { agentFileReads: { files: [{ path: 'src/cart.js' }] } },
    waits(500),
    plans(
      ['Look at the cart', 'completed'],
      ['Decide on a format', 'in_progress'],
      ['Write the list', 'pending'],
      ['Use it in the cart', 'pending'],
    ),
    thinks(700, 'JSON is enough.'),
    plans(
      ['Look at the cart', 'completed'],
      ['Decide on a format', 'completed'],
      ['Write the list', 'in_progress'],
      ['Use it in the cart', 'pending'],
      ['Tell people how to change it', 'pending'],
    ),
    writes('prices.json', '{ "bread": 250, "milk": 120 }\n'),
    waits(500),
    plans(
      ['Look at the cart', 'completed'],
      ['Decide on a format', 'completed'],
      ['Write the list', 'completed'],
      ['Tell people how to change it', 'in_progress'],
    ),
    writes('notes/prices.md', 'Prices stand in prices.json, in cents.\n'),
    plans(
      ['Look at the cart', 'completed'],
      ['Decide on a format', 'completed'],
      ['Write the list', 'completed'],
      ['Tell people how to change it', 'completed'],
    ),
    says(300, 'The price list is there. Using it in the cart is a task of its own.'),
    done,
  ],
};

export const renameAndDelete: ScenarioSource = {
  name: 'rename-and-delete',
  description: 'A file moves to another name, another one goes, and an empty one comes.',
  tags: ['files'],
  repo: {
    files: [
      { path: 'src/old-name.js', contents: 'export const answer = 42;\n' },
      { path: 'src/unused.js', contents: 'export const nobody = null;\n' },
      { path: 'README.md', contents: 'See src/old-name.js.\n' },
    ],
  },
  timeline: [
    asked('Rename the module and remove what is unused'),
    thinks(300, 'A rename is a new file and one that goes.'),
    writes('src/new-name.js', 'export const answer = 42;\n'),
    { agentEdits: { path: 'src/old-name.js', delete: true, description: 'Now src/new-name.js' } },
    waits(200),
    { agentEdits: { path: 'src/unused.js', delete: true } },
    { agentEdits: { path: 'README.md', oldText: 'old-name', newText: 'new-name' } },
    writes('src/.keep', ''),
    {
      assert: {
        fs: { exists: ['src/new-name.js', 'src/.keep'], notExists: ['src/old-name.js', 'src/unused.js'] },
      },
    },
    says(200, 'Renamed and removed.'),
    done,
  ],
};

export const nothingToDo: ScenarioSource = {
  name: 'nothing-to-do',
  description: 'Looks, finds that all is well and changes nothing: there is nothing to deliver.',
  tags: ['short'],
  timeline: [
    asked('Check that the readme is up to date'),
    { agentFileReads: { files: [{ path: 'README.md' }] } },
    thinks(300, 'It says what is so.'),
    says(200, 'The readme is up to date. There is nothing to change.'),
    done,
  ],
};

const patch = `--- a/README.md
+++ b/README.md
@@ -1,1 +1,2 @@
 # Notes
+Edited by hand.
`;

export const userBeside: ScenarioSource = {
  name: 'user-beside',
  description:
    'The user speaks, edits a file and runs a command while the agent works; assertions hold at the end.',
  tags: ['steering', 'files'],
  repo: { files: [{ path: 'README.md', contents: '# Notes\n' }] },
  timeline: [
    asked('Tidy up while I look over your shoulder'),
    says(500, 'I start with the notes.'),
    { userInputs: [[1_200, 'Leave the heading, please.']] },
    { userEdits: { patch, relativeTime: 2_000 } },
    { userCommand: { cmd: 'git status --short', relativeTime: 2_500 } },
    waits(3_000),
    { screenshot: 'after the user was here' },
    { agentEdits: { path: 'README.md', oldText: 'Edited by hand.', newText: 'Edited by two hands.' } },
    runs(['git', 'commit', '-am', 'Tidy the notes'], ['1 file changed']),
    {
      assert: {
        fs: { exists: ['README.md'] },
        text: { contains: ['I start with the notes.', '1 file changed'] },
        git: { commit: [{ messageContains: 'Tidy' }] },
      },
    },
    done,
  ],
};

export const failedAssertion: ScenarioSource = {
  name: 'failed-assertion',
  description: 'An assertion does not hold: the session fails and says what was expected.',
  tags: ['failure'],
  timeline: [
    asked('Promise a file and forget it'),
    says(200, 'I wrote notes/promise.md.'),
    { assert: { fs: { exists: ['notes/promise.md'] } } },
    says(200, 'This is never said.'),
    done,
  ],
};
