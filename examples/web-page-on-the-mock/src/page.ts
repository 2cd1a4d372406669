import { connect, Problem, type StreamedEvent } from '@agent-harbor/rest-client';

// Behind the #, where no server sees it: `#server=http://127.0.0.1:3001&key=…`.
const given = new URLSearchParams(location.hash.slice(1));
const harbor = connect({
  base: given.get('server') ?? 'http://127.0.0.1:3001',
  apiKey: given.get('key') ?? undefined,
});

const element = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return found;
};
const form = element('launch', HTMLFormElement);
const notice = element('notice', HTMLElement);
const sessions = element('sessions', HTMLUListElement);
const events = element('events', HTMLOListElement);
const diff = element('diff', HTMLPreElement);

/** Does what the user asked for, or says why not. */
const attempt = async (work: () => Promise<void>): Promise<void> => {
  notice.textContent = '';
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code !== 'aborted') notice.textContent = error.detail;
  }
};

// What agents say is text, never markup: it goes nowhere but into `textContent`.
const item = (text: string): HTMLLIElement => {
  const line = document.createElement('li');
  line.textContent = text;
  return line;
};

const list = async (): Promise<void> => {
  const { items } = await harbor.tasks.listSessions();
  const lines = items.map(({ id, prompt, status }) => {
    const line = item(`${prompt}: ${status}`);
    line.addEventListener('click', () => attempt(() => follow(id)));
    return line;
  });
  sessions.replaceChildren(...lines);
};

/** One line for an event, also for one that a newer server invented. */
const lineOf = (event: StreamedEvent): string => {
  if (event.type === 'status') return `status: ${event.status}`;
  if (event.type === 'log') return `log: ${event.message}`;
  return event.type;
};

let leaving = new AbortController();

/** Shows one session as it goes on, and in the end what it changed. Whoever follows another one leaves this one. */
const follow = async (id: string): Promise<void> => {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  events.replaceChildren();
  diff.textContent = '';
  for await (const { event } of harbor.tasks.subscribe(id, { signal })) {
    events.append(item(lineOf(event)));
    if (event.type === 'status') await list();
  }
  if (signal.aborted) return;
  const { files } = await harbor.workspaces.diff(id, {}, { signal });
  diff.textContent = files.map((file) => file.diff).join('\n');
};

const launch = async (prompt: string): Promise<void> => {
  const { id } = await harbor.tasks.launch({ prompt, repo: { mode: 'none' }, agents: [{ type: 'mock' }] });
  await follow(id);
};

form.addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  void attempt(() => launch(`${new FormData(form).get('prompt')}`));
});
void attempt(list);
