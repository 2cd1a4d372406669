import { type Outcome, sum } from './outcome.ts';

/** The run as JUnit XML: a suite per topic, as CI systems read it. */
export const junit = (base: string, outcomes: readonly Outcome[]): string => {
  const topics = [...new Set(outcomes.map(({ topic }) => topic))];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', { name: `Conformance of ${base}`, ...totals(outcomes) }, [
      ...topics.map((topic) => {
        const own = outcomes.filter((outcome) => outcome.topic === topic);
        return element('testsuite', { name: topic, ...totals(own) }, own.map(testcase));
      }),
    ]),
    '',
  ].join('\n');
};

const totals = (outcomes: readonly Outcome[]) => {
  const { fails, 'not-applicable': skipped } = sum(outcomes);
  return { tests: outcomes.length, failures: fails, errors: 0, skipped, time: seconds(outcomes) };
};

const seconds = (outcomes: readonly Pick<Outcome, 'durationMs'>[]): string =>
  (outcomes.reduce((total, { durationMs }) => total + durationMs, 0) / 1000).toFixed(3);

const testcase = (outcome: Outcome): string => {
  const { topic, name, promises, reason = '', reproduction } = outcome;
  const about = { classname: topic, name, time: seconds([outcome]) };
  if (outcome.outcome === 'holds') return element('testcase', about);
  if (outcome.outcome === 'not-applicable')
    return element('testcase', about, [element('skipped', { message: reason })]);
  const words = [`promises: ${promises}`, reason];
  if (reproduction !== undefined) words.push(reproduction.command, reproduction.answer);
  return element('testcase', about, [
    element('failure', { message: reason, type: 'CheckFailed' }, [escapeXml(words.join('\n'))]),
  ]);
};

const element = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[] = [],
): string => {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`)];
  return content.length === 0
    ? `<${head.join(' ')}/>`
    : `<${head.join(' ')}>\n${content.join('\n')}\n</${name}>`;
};

/** Text for an attribute or between tags. XML 1.0 has no way to write most control characters, not even escaped. */
const escapeXml = (value: string | number): string =>
  String(value)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
