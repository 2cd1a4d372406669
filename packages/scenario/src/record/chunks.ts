import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { workspacePath } from '../tool/workspace-path.ts';
import { type Context, inputOf } from './context.ts';
import { permissionAt } from './permission.ts';
import type { TimelineWriter } from './timeline-writer.ts';
import { changeAt, toolAt } from './tool.ts';

/**
 * Writes what begins at a place among the events: as the entry it is for, when that replays to the same events, else
 * word for word. Gives how many events that were.
 */
export const chunkAt = (index: number, context: Context, writer: TimelineWriter): number => {
  const reading = context.items[index];
  if (reading === undefined) return 1;
  const { atMs, body } = reading;
  switch (body.type) {
    case 'thought':
      if (body.reasoning !== undefined) break;
      writer.think(atMs, body.thought);
      return 1;
    case 'message':
      if (body.role !== 'assistant') break;
      writer.say(atMs, body.content);
      return 1;
    case 'plan':
      writer.add(atMs, { agentPlan: { entries: body.entries } });
      return 1;
    case 'log':
      if (Object.keys(body).length > 3) break;
      writer.add(atMs, { log: { level: body.level, message: body.message } });
      return 1;
    case 'user_input':
      writer.beside({ userInputs: [inputOf(reading)] });
      return 1;
    case 'status':
      return turnAt(index, context, writer);
    case 'tool_use': {
      const taken = toolAt(index, context, writer);
      if (taken > 0) return taken;
      break;
    }
    case 'file_edit': {
      const taken = changeAt(index, context, writer);
      if (taken > 0) return taken;
      break;
    }
    case 'approval': {
      const taken = permissionAt(index, context, writer);
      if (taken > 0) return taken;
      break;
    }
    default:
      break;
  }
  return wordForWord(index, body, context, writer);
};

/** A turn that ended, with the prompt of the next one behind it. */
const turnAt = (index: number, context: Context, writer: TimelineWriter): number => {
  const [idle, prompt, goesOn] = [0, 1, 2].map((offset) => context.items[index + offset]);
  if (idle?.body.type !== 'status') return 1;
  const isTurn =
    idle.body.reason === 'idle' && prompt?.body.type === 'user_input' && goesOn?.body.type === 'status';
  if (isTurn) {
    writer.add(idle.atMs, { complete: true });
    writer.beside({ userInputs: [inputOf(prompt)] });
    writer.jump(prompt.atMs);
    return 3;
  }
  // At the end it is for the task to say how long its agent waits for a prompt.
  const isLast = index === context.items.length - 1;
  if (isLast && context.endsWell) return 1;
  return wordForWord(index, idle.body, context, writer);
};

const wordForWord = (
  index: number,
  body: EventBody,
  { known, rehearsal, items }: Context,
  writer: TimelineWriter,
): number => {
  const atMs = items[index]?.atMs ?? 0;
  writer.add(atMs, { 'x-event': body });
  const contents = known.after(index);
  if (
    body.type === 'diff' &&
    contents !== undefined &&
    workspacePath(body.path) === body.path &&
    !rehearsal.has(body.path, contents)
  ) {
    writer.add(atMs, { 'x-file': { path: body.path, contents } });
    rehearsal.place(body.path, contents);
  }
  return 1;
};
