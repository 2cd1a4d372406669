import type { Figure } from '../figure.ts';
import { append } from './1-append.ts';
import { fanOut } from './4-fan-out.ts';
import { replay } from './6-replay.ts';
import { get } from './8-get.ts';

/** Every figure, in the order of the budgets. */
export const figures: readonly Figure[] = [append, fanOut, replay, get];
