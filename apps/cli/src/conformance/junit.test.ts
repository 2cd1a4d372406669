import { expect, test } from 'vitest';
import { junit } from './junit.ts';
import type { Outcome } from './outcome.ts';

const outcome = (name: string, more: Partial<Outcome>): Outcome => ({
  topic: 'streams',
  name,
  promises: 'order',
  outcome: 'holds',
  durationMs: 1500,
  ...more,
});

test('every topic is a suite, every check a case', () => {
  const xml = junit('http://a:1', [
    outcome('one', {}),
    outcome('two', {
      outcome: 'fails',
      reason: 'expected <1> & got "2"\u0000\ud800',
      reproduction: { command: 'curl x', answer: 'HTTP/1.1 500' },
    }),
    outcome('three', { topic: 'lists', outcome: 'not-applicable', reason: 'no agent' }),
  ]);
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Conformance of http://a:1" tests="3" failures="1" errors="0" skipped="1" time="4.500">
<testsuite name="streams" tests="2" failures="1" errors="0" skipped="0" time="3.000">
<testcase classname="streams" name="one" time="1.500"/>
<testcase classname="streams" name="two" time="1.500">
<failure message="expected &#60;1&#62; &#38; got &#34;2&#34;\ufffd\ufffd" type="CheckFailed">
promises: order&#10;expected &#60;1&#62; &#38; got &#34;2&#34;\ufffd\ufffd&#10;curl x&#10;HTTP/1.1 500
</failure>
</testcase>
</testsuite>
<testsuite name="lists" tests="1" failures="0" errors="0" skipped="1" time="1.500">
<testcase classname="lists" name="three" time="1.500">
<skipped message="no agent"/>
</testcase>
</testsuite>
</testsuites>
`);
});
