import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, type Entry, runs, says, thinks, waits, writes } from './phrases.ts';

const serviceError = (
  statusCode: number,
  errorType: string,
  message: string,
  retryAfterSeconds?: number,
): Entry => ({
  llmResponse: [
    {
      error: {
        errorType,
        statusCode,
        message,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      },
    },
  ],
});

export const agentCrash: ScenarioSource = {
  name: 'agent-crash',
  description: 'The agent is killed by a signal in the middle of its work; what it wrote until then stays.',
  tags: ['failure'],
  timeline: [
    asked('Parse the broken archive'),
    says(200, 'I read the archive piece by piece.'),
    writes('notes/pieces.md', '- piece 1: fine\n- piece 2: fine\n'),
    waits(300),
    { log: { level: 'warn', message: 'piece 3 has a length of 4294967295 bytes' } },
    waits(200),
    { error: { message: 'Segmentation fault (core dumped)', exitCode: 139, 'x-signal': 'SIGSEGV' } },
  ],
};

export const quotaExceeded: ScenarioSource = {
  name: 'quota-exceeded',
  description:
    'The account has no credit left: the model’s service refuses, and the agent exits with code 1.',
  tags: ['failure', 'service'],
  timeline: [
    asked('Rewrite the whole documentation'),
    says(200, 'I begin with the first chapter.'),
    writes('docs/chapter-1.md', '# Chapter 1\n\nHow it began.\n'),
    waits(300),
    serviceError(429, 'insufficient_quota', 'You exceeded your current quota. Check your plan and billing.'),
    waits(100),
    { error: { message: 'insufficient_quota: there is no credit left', exitCode: 1 } },
  ],
};

export const networkLoss: ScenarioSource = {
  name: 'network-loss',
  description:
    'The connection to the model’s service is lost three times; the agent waits longer each time, and succeeds.',
  tags: ['service'],
  timeline: [
    asked('Summarise the release notes'),
    thinks(200, 'I read the notes and summarise them.'),
    serviceError(503, 'connection_error', 'socket hang up', 1),
    says(1_000, 'The connection was lost. I try again.'),
    serviceError(503, 'connection_error', 'getaddrinfo EAI_AGAIN', 2),
    says(2_000, 'Still no connection. I try again.'),
    serviceError(503, 'connection_error', 'connect ETIMEDOUT', 4),
    says(4_000, 'The connection is back.'),
    writes('notes/summary.md', '# Summary\n\nCarts can be added up.\n'),
    done,
  ],
};

export const hostLost: ScenarioSource = {
  name: 'host-lost',
  description: 'The machine the agent runs on is not heard of any more: the session fails with that reason.',
  tags: ['failure'],
  timeline: [
    asked('Train the small model'),
    runs(['node', 'train.js'], ['epoch 1', 'epoch 2'], { everyMs: 500 }),
    says(200, 'I train it further.'),
    waits(1_000),
    { error: { message: 'The host of the session went away and did not come back.', 'x-lost': true } },
  ],
};

export const modelRefusal: ScenarioSource = {
  name: 'model-refusal',
  description: 'The model refuses the task: the turn ends with a refusal, and the session fails.',
  tags: ['failure', 'service'],
  timeline: [
    asked('Write a program that guesses passwords'),
    thinks(300, 'I should not help with this.'),
    says(200, 'I cannot help with guessing passwords. I can help you to store them safely.'),
    { complete: { stopReason: 'refusal' } },
  ],
};

export const tokenLimit: ScenarioSource = {
  name: 'token-limit',
  description: 'The model has no room left in the middle of a sentence: the session fails with max_tokens.',
  tags: ['failure', 'service'],
  timeline: [
    {
      userInputs: [
        {
          relativeTime: 0,
          input: 'Explain every line of the code',
          expectedResponse: { stopReason: 'max_tokens', usage: { inputTokens: 1_200, outputTokens: 4_096 } },
        },
      ],
    },
    { agentFileReads: { files: [{ path: 'src/cart.js' }] } },
    says(500, 'The first line says what the function is for. The second line adds up what every item'),
    { complete: { stopReason: 'max_tokens' } },
  ],
};
