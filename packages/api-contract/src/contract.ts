import { approvals } from './routes/approvals.ts';
import { catalogue } from './routes/catalogue.ts';
import { chat } from './routes/chat.ts';
import { delivery } from './routes/delivery.ts';
import { drafts } from './routes/drafts.ts';
import { events } from './routes/events.ts';
import { files } from './routes/files.ts';
import { anyRoute, c } from './routes/router.ts';
import { service } from './routes/service.ts';
import { sessions } from './routes/sessions.ts';
import { tasks } from './routes/tasks.ts';
import { terminal } from './routes/terminal.ts';
import { webhooks } from './routes/webhooks.ts';
import { workspace } from './routes/workspace.ts';

/** The areas of the contract. Named one by one: inferred, the type is longer than a declaration file can say. */
type Areas = {
  tasks: typeof tasks;
  sessions: typeof sessions;
  approvals: typeof approvals;
  chat: typeof chat;
  terminal: typeof terminal;
  events: typeof events;
  files: typeof files;
  workspace: typeof workspace;
  delivery: typeof delivery;
  drafts: typeof drafts;
  catalogue: typeof catalogue;
  webhooks: typeof webhooks;
  service: typeof service;
};
const shared = { commonResponses: anyRoute, strictStatusCodes: true } as const;

/** The table of contents: every route that is served, and nothing else. */
export type Contract = ReturnType<typeof c.router<Areas, string, typeof shared>>;
export const contract: Contract = c.router<Areas, string, typeof shared>(
  {
    tasks,
    sessions,
    approvals,
    chat,
    terminal,
    events,
    files,
    workspace,
    delivery,
    drafts,
    catalogue,
    webhooks,
    service,
  },
  shared,
);
