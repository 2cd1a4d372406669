import { mockAgent } from '@agent-harbor/conformance';
import { Problem } from '@agent-harbor/core/problem';
import { connect } from '@agent-harbor/rest-client';
import { judgeManager, quickTask, repo } from './verdicts.ts';

const post = async (base: string, apiKey: string, path: string, body: object): Promise<void> => {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { authorization: `ApiKey ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
};

/** Every promise of a task manager, over the network, on a server that begins anew for each. */
const judgeOverNetwork = (base: string, apiKey: string) =>
  judgeManager(async () => {
    await post(base, apiKey, '/mock/reset', {});
    const harbor = connect({ base, apiKey });
    const { tasks: manager, workspaces, catalogue, conversations, deliveries, webhooks, terminals } = harbor;
    return {
      context: {
        manager,
        workspaces,
        catalogue,
        conversations,
        webhooks,
        deliveries,
        terminals,
        agent: mockAgent,
        repo,
        settle: (work) => work,
      },
      close: () => harbor.close(),
    };
  });

/** Follows a session while the connection is lost in every way there is. */
const followThroughFaults = async (base: string, apiKey: string) => {
  await post(base, apiKey, '/mock/reset', {});
  const harbor = connect({ base, apiKey, backoff: { baseMs: 1, maxMs: 20 } });
  const { id } = await harbor.tasks.launch(quickTask());
  const onStream = { route: 'sessions.events', params: { id } };
  for (const fault of [
    { kind: 'cut', ...onStream, count: 1 },
    { kind: 'status', status: 503, ...onStream, skip: 1, count: 1 },
    { kind: 'half-frame', frame: 2, ...onStream, skip: 2, count: 1 },
    { kind: 'break', afterBytes: 700, ...onStream, skip: 3, count: 2 },
  ])
    await post(base, apiKey, '/mock/faults', fault);
  const read = async () => {
    const ids: string[] = [];
    for await (const item of harbor.tasks.subscribe(id)) ids.push(item.id);
    return ids;
  };
  const seen = await read();
  const all = await read();
  const { status } = await harbor.tasks.getSession(id);
  await harbor.close();
  return { seen, all, status };
};

/** What becomes of a call: the code of its problem. */
const tryToCall = async (base: string, apiKey: string) => {
  const harbor = connect({ base, apiKey, attempts: 1 });
  const called = await harbor.catalogue.agents().then(
    () => 'answered',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
  await harbor.close();
  return called;
};

Object.assign(globalThis, { judgeOverNetwork, followThroughFaults, tryToCall });
