import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client/node';
import { type Bookmark, follow } from './follow.ts';
import { createSteering } from './steer.ts';

/**
 * Launches a task, takes part in it and shows what came of it; `say` gets a line for everything. With the same name and
 * bookmark it goes on with the session there is: the name is the key that lets a launch happen once.
 */
export const run = async (
  harbor: HarborClient,
  task: CreateTask,
  name: string,
  bookmark: Bookmark,
  say: (line: string) => void,
): Promise<void> => {
  const { id } = await harbor.tasks.launch(task, { idempotencyKey: name });
  const steer = createSteering(harbor, id);
  for await (const event of follow(harbor, id, bookmark)) {
    // Of an event that a newer server invented there is at least the type.
    say(event.type === 'status' ? `status: ${event.status}` : event.type);
    await steer(event);
  }
  const { files } = await harbor.workspaces.diff(id);
  for (const { path, diff } of files) say(`${path}\n${diff}`);
};
