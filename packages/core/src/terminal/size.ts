import { type TerminalSize, TerminalWish } from '@agent-harbor/api-contract/schemas';

/** The size of a terminal that nobody said anything about. */
const usualSize: TerminalSize = { cols: 80, rows: 24 };

/** The terminal an agent with these settings runs in; undefined when it runs in none. */
export const terminalOf = (settings: Readonly<Record<string, unknown>>): TerminalSize | undefined => {
  const wish = TerminalWish.safeParse(settings.terminal).data ?? false;
  return typeof wish === 'boolean' ? (wish ? usualSize : undefined) : wish;
};
