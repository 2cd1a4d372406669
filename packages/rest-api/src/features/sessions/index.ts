import { cancel } from './delete.ts';
import { events } from './events.ts';
import { get } from './get.ts';
import { info } from './info.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { pause } from './pause.ts';
import { prompt } from './prompt.ts';
import { resume } from './resume.ts';
import { stop } from './stop.ts';

export const sessions = { list, get, info, stop, pause, resume, prompt, delete: cancel, events, logs };
