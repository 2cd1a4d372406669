import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done } from './phrases.ts';

const each = 2_500;

const items = (word: string): [number, string][] =>
  Array.from({ length: each }, (_, index) => [index + 1, `${word} ${index + 1}`]);

export const manyEvents = (): ScenarioSource => ({
  name: 'many-events',
  description: '5,000 small events within five seconds: what streams, pages and readers are measured with.',
  tags: ['load'],
  timeline: [
    asked('Say very much'),
    { llmResponse: [{ think: items('thought') }, { assistant: items('word') }] },
    done,
  ],
});
