import { connect } from '@agent-harbor/rest-client';
import { createSessionList } from '../../../examples/test-a-web-view-model/src/session-list.ts';
import { startMock } from '../../../examples/test-a-web-view-model/src/start-mock.ts';
import { quickTask } from './verdicts.ts';

/** The page of the example, in a page: what it shows after a launch, and while its server fails. */
const show = async () => {
  const base = 'http://harbor.test';
  const mock = await startMock(base);
  const harbor = connect({ base, attempts: 1 });
  const list = createSessionList(harbor.tasks, () => crypto.randomUUID());
  await list.launch({ ...quickTask(), prompt: '' });
  const fields = Object.keys(list.state.fields);
  await list.launch(quickTask());
  const prompts = list.state.sessions?.map(({ prompt }) => prompt);
  mock.control.fail('listSessions', 'forbidden');
  await list.load();
  const { notice } = list.state;
  list.close();
  await harbor.close();
  await mock.close();
  return { fields, prompts, notice };
};

Object.assign(globalThis, { show });
