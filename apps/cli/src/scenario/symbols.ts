import { definitionsIn, type Symbols, symbolsOf } from '@agent-harbor/scenario';
import type { Context } from '../context.ts';

/** What the command line defines, and where that does not, the environment. */
export const symbolsFor = ({ io }: Context, define: readonly string[]): Symbols =>
  symbolsOf([...definitionsIn(io.env.AH_SCENARIO_DEFINES), ...define]);
