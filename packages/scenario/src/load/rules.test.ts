import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from './condition.ts';
import { loadScenario } from './load-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import { applyRules } from './rules.ts';
import { plainValue, sourceOfValue } from './source.ts';
import { definitionsIn, symbolsOf } from './symbols.ts';

const resolve = (value: unknown, ...define: string[]) =>
  plainValue(applyRules(sourceOfValue(value), symbolsOf(define)));
const when = (condition: string, config: unknown) => ({ when: condition, config });
const otherwise = (config: unknown) => ({ default: true, config });

describe('symbols', () => {
  it('are read as truth, whole numbers and text; the last definition counts', () => {
    const symbols = symbolsOf([
      'a',
      'b=true',
      'c=False',
      'd=-3',
      'e=3.5',
      'f=x=y',
      'g=',
      ' h = 1 ',
      'a=2',
      '',
    ]);
    expect(Object.fromEntries(symbols)).toEqual({
      a: 2,
      b: true,
      c: false,
      d: -3,
      e: '3.5',
      f: 'x=y',
      g: '',
      h: 1,
    });
    expect(Object.fromEntries(symbolsOf(definitionsIn('KEY=VAL,FLAG=true,N=3')))).toEqual({
      KEY: 'VAL',
      FLAG: true,
      N: 3,
    });
    expect([...symbolsOf(definitionsIn(undefined))]).toEqual([]);
  });

  it('need a name', () => {
    expect(() => symbolsOf(['=x'])).toThrow(/define: "=x" does not begin with a name/);
    expect(() => symbolsOf(['a b=1'])).toThrow(/does not begin with a name/);
  });
});

describe('a condition', () => {
  const symbols = symbolsOf(['flag', 'off=false', 'n=3', 'env=prod', 'version=7']);
  it.each([
    ['$flag', true],
    ['$off', true],
    ['$nobody', false],
    ['$nobody != 1', false],
    ['$n == 3', true],
    ['$n != 3', false],
    ['$n<4', true],
    ['$n <= 3', true],
    ['$n > 3', false],
    [' $n >= 3.0 ', true],
    ['$env == "prod"', true],
    ["$env != 'prod'", false],
    ['$env == 3', false],
    ['$version == "7"', true],
    ['$flag == true', true],
    ['$off == true', false],
  ])('%s is %s', (condition, expected) => {
    expect(holds(condition, symbols)).toBe(expected);
  });

  it.each(['flag', '$', '$n = 3', '$n == three', '$n == 3 && $flag', '$env < "q"', '$env < 3', ''])(
    '%j is a mistake',
    (condition) => {
      expect(holds(condition, symbols)).toHaveProperty('mistake');
    },
  );
});

describe('rules', () => {
  it('take the place of their members, later ones over earlier ones and over what stands beside', () => {
    const value = {
      a: 1,
      deep: { x: 1, y: 1 },
      rules: [
        when('$one', { a: 2, deep: { y: 2, z: 2 } }),
        when('$two', { deep: { y: 3 }, list: [3] }),
        otherwise({ a: 9 }),
      ],
    };
    expect(resolve(value)).toEqual({ a: 9, deep: { x: 1, y: 1 } });
    expect(resolve(value, 'one')).toEqual({ a: 2, deep: { x: 1, y: 2, z: 2 } });
    expect(resolve(value, 'one', 'two')).toEqual({ a: 2, deep: { x: 1, y: 3, z: 2 }, list: [3] });
  });

  it('become items where they stand among items, or nothing', () => {
    const value = { list: [1, { rules: [when('$a', [2, 3])] }, { rules: [when('$b', { c: 4 })] }] };
    expect(resolve(value)).toEqual({ list: [1] });
    expect(resolve(value, 'a', 'b')).toEqual({ list: [1, 2, 3, { c: 4 }] });
    expect(resolve({ list: { rules: [otherwise([1])] } })).toEqual({ list: [1] });
    expect(resolve({ gone: { rules: [when('$a', 1)] } })).toEqual({});
    expect(resolve({ rules: [when('$a', {})] })).toEqual({});
  });

  it('may hold rules', () => {
    const value = { rules: [when('$a', { b: 1, rules: [when('$c', { b: 2 }), otherwise({ d: 3 })] })] };
    expect(resolve(value, 'a')).toEqual({ b: 1, d: 3 });
    expect(resolve(value, 'a', 'c')).toEqual({ b: 2 });
  });

  it('are nothing else than that: an argument of a tool may be called so', () => {
    const value = {
      args: { rules: ['a', 'b'] },
      other: { rules: [] },
      third: { rules: [{ when: '$a', config: 1, more: 2 }] },
    };
    expect(resolve(value, 'a')).toEqual(value);
  });

  it('leave everything without rules as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(resolve(plain)).toEqual(plain);
      }),
    );
  });
});

describe('a mistake in what a rule brought', () => {
  const text = `name: x
rules:
  - when: $a
    config:
      timeline:
        - log: 7
  - default: true
    config: { timeline: [], nmae: y }
`;

  it('is told where it was written', () => {
    const load = (...define: string[]) => loadScenario(text, 'r.yaml', { symbols: symbolsOf(define) });
    expect(() => load('a')).toThrow(/r\.yaml:6:16: rules\.0\.config\.timeline\.0\.log: must be/);
    expect(() => load()).toThrow(/r\.yaml:8:29: rules\.1\.config\.nmae: is not a member/);
    const inline = { name: 'x', rules: [otherwise({ timeline: [{ log: 7 }] })] };
    expect(() => parseScenario(inline, 'it')).toThrow(/it\.rules\.0\.config\.timeline\.0\.log: must be/);
  });

  it.each([
    [
      'a condition that is none',
      'name: x\ntimeline: []\nserver:\n  rules:\n    - when: a\n      config: {}\n',
      /:5:13: server\.rules\.0\.when: must be \$name/,
    ],
    [
      'a comparison that cannot be made',
      'name: x\ntimeline: []\nserver:\n  rules:\n    - when: $env > 3\n      config: {}\n',
      /:5:13: .*env is "prod" and no number/,
    ],
    [
      'a list beside members',
      'name: x\ntimeline: []\nrules:\n  - default: true\n    config: [1]\n',
      /:5:13: .*must have members/,
    ],
  ])('also %s', (_, yaml, words) => {
    expect(() => loadScenario(yaml, 'r.yaml', { symbols: symbolsOf(['env=prod']) })).toThrow(words);
  });

  it('does not stop at depth', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level++) deep = [deep];
    expect(() => parseScenario({ name: 'x', timeline: [{ grep: { deep } }] }, 'it')).toThrow(
      /nested too deeply/,
    );
  });
});
