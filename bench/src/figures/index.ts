import type { Figure } from '../figure.ts';
import { append } from './1-append.ts';
import { appendToMany } from './2-append-to-many.ts';
import { journal } from './3-journal.ts';
import { fanOut } from './4-fan-out.ts';
import { stalled } from './5-stalled.ts';
import { replay } from './6-replay.ts';
import { resume } from './7-resume.ts';
import { get } from './8-get.ts';
import { list } from './9-list.ts';
import { firstLine } from './10-first-line.ts';
import { start } from './11-start.ts';
import { memory } from './12-memory.ts';
import { look } from './13-look.ts';

/** Every figure, in the order of the budgets. */
export const figures: readonly Figure[] = [
  append,
  appendToMany,
  journal,
  fanOut,
  stalled,
  replay,
  resume,
  get,
  list,
  firstLine,
  start,
  memory,
  look,
];
