import { expect, test } from 'vitest';
import { type Figure, ratio } from '../figure.ts';
import type { Machine } from '../machine.ts';
import { toMarkdown } from './markdown.ts';
import { judgedOf, reportFigure } from './report.ts';

const figure: Figure = {
  number: 1,
  name: 'Append',
  what: 'An event.',
  measures: 'processor',
  samples: { cpu: 'µs per event' },
  variants: [
    { name: 'raw', is: 'the limit', open: () => Promise.reject(new Error()) },
    { name: 'ours', is: 'the server', open: () => Promise.reject(new Error()) },
  ],
  judgements: [{ name: 'append', of: 'per event, to raw', unit: '×', value: ratio('cpu') }],
};
const rounds = [
  { raw: { cpu: 10 }, ours: { cpu: 30 } },
  { raw: { cpu: 100 }, ours: { cpu: 200 } },
  { raw: { cpu: 20 }, ours: { cpu: 50 } },
];
const machine: Machine = {
  cores: 2,
  cpu: 'Some processor',
  memoryGiB: 8,
  kernel: 'linux 6.1',
  node: 'v24.0.0',
  date: '2026-01-02',
  pinned: true,
  load: 0.5,
};

test('a figure is the median of the ratios of its rounds', () => {
  const report = reportFigure({ figure, rounds }, { 1: { append: { budget: 2 } } });
  expect(report.judgements[0]).toMatchObject({
    met: false,
    spread: { median: 2.5, least: 2, most: 3, rounds: 3 },
  });
  expect(report.variants[1]?.samples.cpu).toMatchObject({ median: 50, least: 30, most: 200 });
  expect(judgedOf([report])).toMatchObject([{ figure: 1, name: 'append', budget: { budget: 2 } }]);
});

test('a figure without a budget is refused', () => {
  expect(() => reportFigure({ figure, rounds }, {})).toThrow('no append for figure 1');
});

test('a ratio of what was not measured is refused', () => {
  expect(() =>
    reportFigure({ figure, rounds: [{ raw: { cpu: 1 } }] }, { 1: { append: { budget: 2 } } }),
  ).toThrow('ours measured no cpu');
});

test('the page says what is met, what is not, and why', () => {
  const page = (budget: number, reason?: string) =>
    toMarkdown({
      machine,
      rounds: 3,
      quick: false,
      failed: [],
      figures: [
        reportFigure(
          { figure, rounds },
          { 1: { append: { budget, ...(reason === undefined ? {} : { recorded: 3, reason }) } } },
        ),
      ],
    });
  expect(page(2.5)).toContain('| 1 Append | per event, to raw | 2.50 [2..3] × | ≤ 2.5× | met |');
  expect(page(2.5)).not.toContain('stands in the way');
  expect(page(2, 'Parsing.')).toContain('**not met**');
  expect(page(2, 'Parsing.')).toContain('- **1 Append, append**: Parsing.');
});
