import { Problem } from '@agent-harbor/core';
import { z } from 'zod';
import type { ForgePlace } from './create-forges.ts';

/** What a call was about. */
interface About {
  readonly place: ForgePlace;
  readonly name: string;
  readonly token: string;
}

/** How long to wait where the forge does not say, seconds. */
const patience = 30;
const longestWait = 24 * 60 * 60;

/** What a status that is no success means for whoever delivers, and what to mend. */
export const refusalOf = (about: About, response: Response, text: string, now: number): Problem => {
  const { place, name } = about;
  const { status, headers } = response;
  const said = saidBy(about, text);
  const wait = waitOf(headers, now);
  const isLimited =
    status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after'));
  if (status === 429 || isLimited) {
    return new Problem('forge-unavailable', {
      detail: `${place.host} takes no more calls of this token for now.`,
      retryAfterSeconds: wait ?? patience,
    });
  }
  if (status >= 500) {
    return new Problem('forge-unavailable', {
      detail: `${place.host} answered ${status}${said}.`,
      retryAfterSeconds: wait ?? patience,
    });
  }
  if (status === 401) {
    return failed(
      `${place.host} does not accept the token in ${place.tokenSource}: it is wrong, expired or revoked. Make a new one.`,
    );
  }
  if (status === 403) {
    return failed(
      `The token in ${place.tokenSource} may not do this in ${name}${said}. Give it the right to read the repository and to write pull requests.`,
    );
  }
  if (status === 404) {
    return failed(
      `The token in ${place.tokenSource} can see no ${name}. Check the url of the repository, and what the token may reach.`,
    );
  }
  if (status >= 300 && status < 400) {
    return failed(
      `${name} has moved, so ${place.host} sends callers elsewhere. Use the new url of the repository.`,
    );
  }
  return new Problem('delivery-refused', {
    detail: `${place.host} does not take the pull request (${status})${said}.`,
  });
};

/** No answer came. */
export const unreachable = ({ place }: About, isLate: boolean, cause: unknown): Problem =>
  new Problem('forge-unavailable', {
    detail: isLate ? `${place.host} did not answer in time.` : `${place.host} cannot be reached.`,
    retryAfterSeconds: patience,
    cause,
  });

/** An answer that is not what the interface promises. */
export const misunderstood = (host: string): Problem =>
  new Problem('forge-unavailable', {
    detail: `${host} answered with something else than its interface promises. Check the address of the interface.`,
    retryAfterSeconds: patience,
  });

const failed = (detail: string): Problem => new Problem('delivery-failed', { detail });

const Said = z.object({
  message: z.unknown(),
  error: z.unknown(),
  errors: z
    .array(z.object({ message: z.string().optional() }).or(z.string()))
    .optional()
    .catch(undefined),
});

/** The forge's own words, short, on one line and without the token. */
const saidBy = ({ token }: About, text: string): string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return '';
  }
  const { data } = Said.safeParse(value);
  const words = [data?.message, data?.error, ...(data?.errors ?? [])].flatMap(wordsOf);
  const said = [...new Set(words)]
    .join('; ')
    .replaceAll(token, '…')
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .slice(0, 300)
    .replace(/\.$/, '');
  return said === '' ? '' : `: ${said}`;
};

const wordsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : [];
};

/** After how many seconds the forge wants to be asked again. */
const waitOf = (headers: Headers, now: number): number | undefined => {
  const after = headers.get('retry-after');
  const seconds =
    after === null ? undefined : /^\d+$/.test(after) ? Number(after) : until(Date.parse(after), now);
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  const wait = seconds ?? (reset === null ? undefined : until(Number(reset) * 1000, now));
  return wait === undefined || Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 1), longestWait);
};

const until = (at: number, now: number): number => Math.ceil((at - now) / 1000);

/** The forge takes it from nobody, as things stand there. */
export const refused = (detail: string): Problem => new Problem('delivery-refused', { detail });

/** There is nothing the work could be asked to go into. */
export const noTarget = (name: string, branch: string, request: 'pull request' | 'merge request'): Problem =>
  refused(
    `${name} has no branch ${JSON.stringify(branch)} that a ${request} could be for. Name another one (--target-branch <name>).`,
  );
