import { fieldProblem } from '@agent-harbor/core';

/** What the conditions of a scenario can ask for. */
export type Symbols = ReadonlyMap<string, boolean | number | string>;

const name = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Symbols from definitions such as `FLAG`, `N=3`, `env=prod`; of several for one name the last counts. A name alone is
 * true; `true`, `false` and whole numbers are read as such, everything else is text. Throws `invalid-request` with the
 * field `define`.
 */
export const symbolsOf = (definitions: Iterable<string>): Symbols => {
  const symbols = new Map<string, boolean | number | string>();
  for (const definition of definitions) {
    if (definition.trim() === '') continue;
    const [key = '', ...rest] = definition.split('=');
    if (!name.test(key.trim())) {
      throw fieldProblem(
        'define',
        `${JSON.stringify(definition)} does not begin with a name, as in name=value`,
      );
    }
    symbols.set(key.trim(), rest.length === 0 ? true : read(rest.join('=').trim()));
  }
  return symbols;
};

/** The definitions of `AH_SCENARIO_DEFINES`: separated by commas. */
export const definitionsIn = (text: string | undefined): readonly string[] => (text ?? '').split(',');

const read = (text: string): boolean | number | string => {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
};
