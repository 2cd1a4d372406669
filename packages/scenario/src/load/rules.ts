import { holds } from './condition.ts';
import { type Member, type Source, Unreadable } from './source.ts';
import type { Symbols } from './symbols.ts';

/**
 * The source with its rules applied: wherever a map has `rules`, the `config` of every rule whose `when` holds is
 * merged in their place, later ones over earlier ones and all of them over what stands beside; with none, those that
 * are `default`. Maps are merged member by member, everything else is replaced. A map of nothing but rules becomes
 * whatever their config is: as an item of a list, a list takes its place among the items. Throws `Unreadable`.
 */
export const applyRules = (source: Source, symbols: Symbols): Source =>
  resolve(source, symbols) ?? { kind: 'map', at: source.at, members: new Map() };

/** Undefined is what rules leave where none of them applies. */
const resolve = (source: Source, symbols: Symbols): Source | undefined => {
  if (source.kind === 'leaf') return source;
  if (source.kind === 'list') {
    const items = source.items.flatMap((item): readonly Source[] => {
      const resolved = resolve(item, symbols);
      if (resolved === undefined) return [];
      return resolved.kind === 'list' && item.kind === 'map' ? resolved.items : [resolved];
    });
    return { ...source, items };
  }
  const rules = rulesOf(source);
  const members = new Map<string, Member>();
  for (const [name, member] of source.members) {
    if (rules !== undefined && name === 'rules') continue;
    const value = resolve(member.value, symbols);
    if (value !== undefined) members.set(name, { ...member, value });
  }
  const plain: Source = { ...source, members };
  if (rules === undefined) return plain;
  const configs = choose(rules, symbols).flatMap((config) => resolve(config, symbols) ?? []);
  const [first, ...more] = members.size === 0 ? configs : [plain, ...configs];
  return first === undefined
    ? undefined
    : more.reduce((one, other) => merge(one, other, members.size > 0), first);
};

interface Rule {
  /** The text of its condition; null for one that is a default. */
  readonly when: { readonly text: string; readonly source: Source } | null;
  readonly config: Source;
}

/** The rules of a map; undefined when its `rules` are something else, such as an argument of a tool. */
const rulesOf = (source: Source): readonly Rule[] | undefined => {
  const rules = source.kind === 'map' ? source.members.get('rules')?.value : undefined;
  if (rules?.kind !== 'list' || rules.items.length === 0) return undefined;
  const read = rules.items.map(ruleOf);
  return read.some((rule) => rule === undefined) ? undefined : read.flatMap((rule) => rule ?? []);
};

const ruleOf = (source: Source): Rule | undefined => {
  if (source.kind !== 'map') return undefined;
  const [when, byDefault, config] = ['when', 'default', 'config'].map(
    (name) => source.members.get(name)?.value,
  );
  if (config === undefined || source.members.size !== 2) return undefined;
  if (when?.kind === 'leaf' && typeof when.value === 'string') {
    return { when: { text: when.value, source: when }, config };
  }
  return byDefault?.kind === 'leaf' && byDefault.value === true ? { when: null, config } : undefined;
};

const choose = (rules: readonly Rule[], symbols: Symbols): readonly Source[] => {
  const met = rules.filter(({ when }) => {
    if (when === null) return false;
    const verdict = holds(when.text, symbols);
    if (typeof verdict === 'boolean') return verdict;
    throw new Unreadable(when.source.at, verdict.mistake);
  });
  return (met.length > 0 ? met : rules.filter(({ when }) => when === null)).map(({ config }) => config);
};

const merge = (one: Source, other: Source, mustBeMap = false): Source => {
  if (one.kind === 'map' && other.kind === 'map') {
    const members = new Map(one.members);
    for (const [name, member] of other.members) {
      const before = members.get(name);
      members.set(
        name,
        before === undefined ? member : { ...member, value: merge(before.value, member.value) },
      );
    }
    return { ...one, members };
  }
  if (mustBeMap) throw new Unreadable(other.at, 'must have members: there are others beside these rules');
  return other;
};
