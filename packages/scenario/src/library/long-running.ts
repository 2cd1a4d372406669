/** How often the agent shows that it is alive, and how many times: ten minutes in all. */
const everyMs = 2_000;
const signs = 300;

const sign = (index: number): readonly object[] => {
  const after = `After ${((index + 1) * everyMs) / 1_000} s`;
  return [
    { llmResponse: [{ assistant: [[everyMs, `${after} I am still working.`]] }] },
    ...(index % 5 === 4
      ? [{ agentEdits: { path: 'notes/progress.md', linesAdded: 1, description: after } }]
      : []),
  ];
};

/** Works for ten minutes: long enough to be watched, stopped, cancelled, or to outlive a server. */
export const longRunning = (): object => ({
  name: 'long-running',
  tags: ['long'],
  timeline: [
    { userInputs: [[0, 'Work for a long time']] },
    { llmResponse: [{ think: [[100, 'This will take a while.']] }] },
    ...Array.from({ length: signs }, (_, index) => sign(index)).flat(),
    { complete: true },
  ],
});
