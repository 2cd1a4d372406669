import type { Approval } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import type { HarborClient } from '@agent-harbor/rest-client';
import { Failure } from './failure.ts';
import { findSession } from './find-session.ts';

/** How many open requests are looked through, the newest first. */
const searched = 200;

/** The permission request a person means by its id, the beginning of it, or `latest`. */
export const findApproval = async (
  client: HarborClient,
  name: string,
  session: string | undefined,
): Promise<Pick<Approval, 'id' | 'sessionId'>> => {
  const sessionId = session === undefined ? undefined : await findSession(client, session);
  const { items } = await client.tasks.listApprovals({ sessionId, state: 'requested', perPage: searched });
  const isLatest = name.toLowerCase() === 'latest';
  const whole = items.filter(({ id }) => id === name);
  const begun = items.filter(({ id }) => id.toLowerCase().startsWith(name.toLowerCase()));
  const [only, another] = isLatest ? items.slice(0, 1) : whole.length > 0 ? whole : begun;
  // Whether it is settled or was never asked, the server knows.
  if (only === undefined && sessionId !== undefined && !isLatest) return { id: name, sessionId };
  if (only === undefined || name === '') {
    throw new Problem('approval-not-found', { detail: `No open request is named ${name}.` });
  }
  if (another === undefined) return only;
  throw new Failure('validation', {
    happened: `More than one request is named ${name}`,
    detail: [only, another].map(({ id, sessionId: of, title }) => `${id}  ${of}  ${title}`).join('\n'),
    remedy: 'Type more of the id, or name the session with --session.',
  });
};
