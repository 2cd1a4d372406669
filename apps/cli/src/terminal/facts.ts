import { paint, type Text } from './text.ts';

/** What is known of one thing, a line each: names, and what stands behind them. Undefined and empty ones are left out. */
export const facts = (
  known: readonly (readonly [name: string, value: Text | undefined])[],
): readonly Text[] => {
  const shown = known.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value = '']) => [paint('dim', `${name.padEnd(width)}  `), value]);
};
