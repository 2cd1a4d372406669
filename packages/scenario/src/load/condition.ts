import type { Symbols } from './symbols.ts';

const form =
  /^\$([A-Za-z_][A-Za-z0-9_.-]*)(?:\s*(==|!=|<=|>=|<|>)\s*(?:"([^"]*)"|'([^']*)'|([+-]?\d+(?:\.\d+)?)|(true|false)))?$/;

/** Whether a condition holds, or what is wrong with it. */
export type Verdict = boolean | { readonly mistake: string };

/**
 * `$name` holds when the symbol is defined, whatever its value; `$name == value` and its like compare. A symbol that is
 * not defined makes every condition false. Quoted values are compared as text; only numbers have an order.
 */
export const holds = (condition: string, symbols: Symbols): Verdict => {
  const match = form.exec(condition.trim());
  if (match === null) {
    return {
      mistake: 'must be $name, or $name, one of == != < <= > >=, and a number, true, false or "text"',
    };
  }
  const [, name = '', operator, double, single, number, boolean] = match;
  const symbol = symbols.get(name);
  if (symbol === undefined) return false;
  if (operator === undefined) return true;
  const text = double ?? single;
  if (operator === '==' || operator === '!=') {
    const isEqual =
      text === undefined
        ? symbol === (number === undefined ? boolean === 'true' : Number(number))
        : String(symbol) === text;
    return isEqual === (operator === '==');
  }
  if (number === undefined)
    return { mistake: `compares by ${operator}, for which both sides must be numbers` };
  if (typeof symbol !== 'number') {
    return { mistake: `compares by ${operator}, but ${name} is ${JSON.stringify(symbol)} and no number` };
  }
  return compare[operator]?.(symbol, Number(number)) ?? false;
};

const compare: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};
