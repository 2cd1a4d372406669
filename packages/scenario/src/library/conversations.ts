import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, says, thinks, waits, writes } from './phrases.ts';

const bold = 'I rewrite it: one function, half the lines.';
const careful = 'I change nothing yet. Here is what I would look at first.';

/** The same task, two opinions: give a task two agents, each with one of these as its scenario. */
export const boldOpinion: ScenarioSource = {
  name: 'second-opinion-bold',
  description: 'One of two agents that answer differently: this one rewrites the code at once.',
  tags: ['multi-agent'],
  timeline: [
    asked('Make the cart simpler, boldly'),
    thinks(300, 'This can be shorter.'),
    says(200, bold),
    {
      agentEdits: {
        path: 'src/cart.js',
        contents:
          'export const total = (items) => items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);\nexport const format = (cents) => (cents / 100).toFixed(2);\n',
      },
    },
    done,
  ],
};

export const carefulOpinion: ScenarioSource = {
  name: 'second-opinion-careful',
  description: 'One of two agents that answer differently: this one only writes down what it would do.',
  tags: ['multi-agent'],
  timeline: [
    asked('Make the cart simpler, carefully'),
    { agentFileReads: { files: [{ path: 'src/cart.js' }, { path: 'test/cart.test.js' }] } },
    thinks(800, 'A test fails already. Whoever changes this now cannot tell what he broke.'),
    says(200, careful),
    writes('notes/cart.md', '1. Mend the failing test.\n2. Then make it shorter.\n'),
    done,
  ],
};

export const multiTurnChat: ScenarioSource = {
  name: 'multi-turn-chat',
  description:
    'Three prompts and three answers: the second is sent while the agent works, the third after a pause.',
  tags: ['chat'],
  timeline: [
    asked('Let us talk about the cart'),
    says(500, 'Gladly. What would you like to know?'),
    says(1_500, 'It adds up prices, for example.'),
    done,
    { userInputs: [[1_000, 'Does it know about discounts?']] },
    thinks(300, 'It does not.'),
    says(300, 'No. I could add them.'),
    done,
    { userInputs: [[6_000, 'Please do.']] },
    writes(
      'src/discount.js',
      'export const discounted = (cents, percent) => Math.round(cents * (1 - percent / 100));\n',
    ),
    says(400, 'There is a function for discounts now.'),
    done,
  ],
};

export const promptedByHand: ScenarioSource = {
  name: 'prompted-by-hand',
  description: 'Answers two prompts that a real user has to send; for sessions that wait for prompts.',
  tags: ['chat'],
  timeline: [
    asked('Wait for what I say next'),
    says(200, 'I am here. Say something.'),
    done,
    { userInputs: [{ relativeTime: 0, input: 'Anything', 'x-waitForUser': true }] },
    says(300, 'I heard you. One more, please.'),
    done,
    { userInputs: [{ relativeTime: 0, input: 'Anything', 'x-waitForUser': true }] },
    says(300, 'That was the second one. I have nothing more to say.'),
    done,
  ],
};

export const loadedHistory: ScenarioSource = {
  name: 'loaded-history',
  description: 'A session that was begun elsewhere: its past is there at once, then it goes on.',
  tags: ['chat'],
  acp: { capabilities: { loadSession: true } },
  timeline: [
    { userInputs: [[0, 'Write a greeting']] },
    says(4_000, 'Which language?'),
    { userInputs: [[9_000, 'Danish, please.']] },
    waits(6_000),
    writes('greeting.txt', 'Hej.\n'),
    { sessionStart: {} },
    { userInputs: [[0, 'Go on where we stopped yesterday']] },
    says(500, 'Yesterday it was Danish. I add Norwegian.'),
    { agentEdits: { path: 'greeting.txt', oldText: 'Hej.\n', newText: 'Hej.\nHei.\n' } },
    done,
  ],
};
