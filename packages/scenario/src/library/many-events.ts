const each = 2_500;

const items = (word: string): readonly object[] =>
  Array.from({ length: each }, (_, index) => [index + 1, `${word} ${index + 1}`]);

/** 5,000 small events within five seconds: what streams, pages and readers are measured with. */
export const manyEvents = (): object => ({
  name: 'many-events',
  tags: ['load'],
  timeline: [
    { userInputs: [[0, 'Say very much']] },
    { llmResponse: [{ think: items('thought') }, { assistant: items('word') }] },
    { complete: true },
  ],
});
