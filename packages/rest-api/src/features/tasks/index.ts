import { comparison } from './comparison.ts';
import { create } from './create.ts';
import { get } from './get.ts';

export const tasks = { create, get, comparison };
