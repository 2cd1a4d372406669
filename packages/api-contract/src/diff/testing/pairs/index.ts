import type { Pair } from '../pair.ts';
import { bounds } from './bounds.ts';
import { enums } from './enums.ts';
import { members } from './members.ts';
import { responses } from './responses.ts';
import { routes } from './routes.ts';
import { security } from './security.ts';
import { seenWhen } from './seen-when.ts';
import { types } from './types.ts';
import { unions } from './unions.ts';
import { words } from './words.ts';

/** The table: what a careful reviewer says of each small change. */
export const pairs: Readonly<Record<string, readonly Pair[]>> = {
  'what every reviewer is asked': seenWhen,
  members,
  types,
  enums,
  bounds,
  unions,
  routes,
  responses,
  security,
  words,
};
