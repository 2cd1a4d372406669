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

/** The table of contents: every route that is served, and nothing else. */
export const contract = c.router(
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
  { commonResponses: anyRoute, strictStatusCodes: true },
);
export type Contract = typeof contract;
