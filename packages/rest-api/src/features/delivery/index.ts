import { deliver } from './deliver.ts';
import { get } from './get.ts';

export const delivery = { deliver, get };
