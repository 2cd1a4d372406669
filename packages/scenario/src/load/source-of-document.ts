import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { deepest, type Member, type Place, type Source, Unreadable } from './source.ts';

/** Aliases may stand for the same again and again; more than this behind them is no scenario. */
const mostBehindAliases = 100_000;

/** The source of a YAML document. Throws `Unreadable`. */
export const sourceOfDocument = (document: Document.Parsed): Source => {
  let aliases = 0;
  let behindAliases = 0;

  const read = (node: unknown, path: Place['path'], around: number): Source => {
    const offset = startOf(node) ?? around;
    const at: Place = { path, offset };
    if (path.length > deepest) throw new Unreadable(at, 'is nested too deeply');
    if (aliases > 0) behindAliases += 1;
    if (behindAliases > mostBehindAliases) throw new Unreadable(at, 'stands for far too much');
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (meant === undefined) throw new Unreadable(at, `there is nothing called ${node.source}`);
      aliases += 1;
      const source = read(meant, path, offset);
      aliases -= 1;
      return { ...source, at };
    }
    if (isMap(node)) return { kind: 'map', at, members: new Map(node.items.map(member(path, offset))) };
    if (isSeq(node)) {
      return {
        kind: 'list',
        at,
        items: node.items.map((item, index) => read(item, [...path, index], offset)),
      };
    }
    return { kind: 'leaf', at, value: isScalar(node) ? node.value : null };
  };
  const member =
    (path: Place['path'], around: number) =>
    ({ key, value }: Pair): [string, Member] => {
      const name = String(isScalar(key) ? key.value : key);
      const below = [...path, name];
      const offset = startOf(key) ?? around;
      return [name, { at: { path: below, offset }, value: read(value, below, offset) }];
    };

  return read(document.contents, [], 0);
};

const startOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
    ? (node satisfies Node).range?.[0]
    : undefined;
