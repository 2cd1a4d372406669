import { expect, test } from 'vitest';
import { renderExposition } from './exposition.ts';

test('families are written as the format says', () => {
  const text = renderExposition([
    { name: 'a_total', help: 'One \\ two\nthree "four"', type: 'counter', samples: [{ value: 3 }] },
    {
      name: 'b_seconds',
      help: 'B',
      type: 'histogram',
      samples: [
        { suffix: '_bucket', labels: { le: '+Inf', route: 'a"b\\c\nd' }, value: 2 },
        { suffix: '_sum', value: 0.25 },
        { suffix: '_count', value: 2 },
      ],
    },
    { name: 'c', help: 'C', type: 'gauge', samples: [] },
    {
      name: 'd',
      help: 'D',
      type: 'gauge',
      samples: [Number.NaN, 1 / 0, -1 / 0, 1e21].map((value) => ({ value })),
    },
  ]);
  expect(text).toBe(
    [
      '# HELP a_total One \\\\ two\\nthree "four"',
      '# TYPE a_total counter',
      'a_total 3',
      '# HELP b_seconds B',
      '# TYPE b_seconds histogram',
      'b_seconds_bucket{le="+Inf",route="a\\"b\\\\c\\nd"} 2',
      'b_seconds_sum 0.25',
      'b_seconds_count 2',
      '# HELP c C',
      '# TYPE c gauge',
      '# HELP d D',
      '# TYPE d gauge',
      'd NaN',
      'd +Inf',
      'd -Inf',
      'd 1e+21',
      '',
    ].join('\n'),
  );
});
