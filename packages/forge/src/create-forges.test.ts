import type { Clock, ForgeRepository } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createForges, type ForgePlace } from './create-forges.ts';

const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const clock: Clock = {
  now: () => Date.UTC(2026, 10, 21, 12),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
const token = 'secret-token-0123456789';
const place = (differences: Partial<ForgePlace> = {}): ForgePlace => ({
  host: 'github.com',
  kind: 'github',
  apiUrl: 'https://api.github.test',
  token: async () => token,
  tokenSource: 'AH_GITHUB_TOKEN',
  ...differences,
});
const gitLab: ForgePlace = place({
  host: 'git.corp.test',
  kind: 'gitlab',
  apiUrl: 'https://git.corp.test/api/v4',
  tokenSource: 'CORP_TOKEN',
});
const repositoryAt = (url: string, places: readonly ForgePlace[] = [place(), gitLab], timeoutMs?: number) => {
  const found = createForges({ places, clock, timeoutMs }).of(url);
  if (found === undefined) throw new Error(`no forge for ${url}`);
  return found;
};
const gitHub = (): ForgeRepository => repositoryAt('git@github.com:acme/site.git');
const wish = { branch: 'ah/fix', targetBranch: 'main', title: 'Fix it', body: 'In detail.' };
const failure = async (work: Promise<unknown>): Promise<Problem> => {
  const problem = await work.catch((error: unknown) => error);
  if (!(problem instanceof Problem)) throw new Error(`expected a problem, got ${String(problem)}`);
  return problem;
};

/** A forge that keeps what was opened, and what it was asked. */
const gitHubDouble = () => {
  const pulls: {
    number: number;
    html_url: string;
    head: { ref: string; label?: string };
    base: { ref: string };
  }[] = [];
  const asked: { path: string; authorization: string | null; body?: unknown }[] = [];
  const note = async (request: Request) => {
    const body = request.method === 'POST' ? await request.clone().json() : undefined;
    asked.push({
      path: new URL(request.url).pathname,
      authorization: request.headers.get('authorization'),
      body,
    });
    return body;
  };
  const root = 'https://api.github.test/repos/acme/site';
  server.use(
    http.get(root, async ({ request }) => {
      await note(request);
      return HttpResponse.json({ default_branch: 'main', permissions: { push: true } });
    }),
    http.get(`${root}/branches/:branch`, async ({ request, params }) => {
      await note(request);
      return params.branch === 'release/1'
        ? HttpResponse.json({ name: 'release/1' })
        : HttpResponse.json({ message: 'Branch not found' }, { status: 404 });
    }),
    // As GitHub does where it does not understand the filter: everything.
    http.get(`${root}/pulls`, async ({ request }) => {
      await note(request);
      return HttpResponse.json(pulls);
    }),
    http.post(`${root}/pulls`, async ({ request }) => {
      const { head, base } = await note(request);
      const number = pulls.length + 7;
      const pull = {
        number,
        html_url: `https://github.com/acme/site/pull/${number}`,
        head: { ref: head },
        base: { ref: base },
      };
      pulls.push(pull);
      return HttpResponse.json(pull, { status: 201 });
    }),
  );
  return { pulls, asked };
};

describe('the repository of a url', () => {
  test.each([
    ['https://github.com/acme/site.git', 'acme/site on github.com'],
    ['https://user:password@GitHub.com/acme/site/', 'acme/site on github.com'],
    ['git@github.com:acme/site.git', 'acme/site on github.com'],
    ['ssh://git@git.corp.test:2222/team/sub/site.git', 'team/sub/site on git.corp.test'],
  ])('%s', (url, name) => expect(repositoryAt(url).name).toBe(name));

  test.each([
    '/srv/site',
    'file:///srv/site',
    'https://elsewhere.test/acme/site',
    'https://github.com/acme',
    'https://github.com/acme/../admin',
    'https://github.com/acme/site%2f..%2fother',
    'git@github.com:../x',
    'https://github.com.evil.test/acme/site',
    'https://github.com@evil.test/acme/site',
  ])('%s is on none of them', (url) => {
    expect(createForges({ places: [place()], clock }).of(url)).toBeUndefined();
  });
});

describe('GitHub', () => {
  test('opens one pull request, however often it is asked', async () => {
    const { pulls, asked } = gitHubDouble();
    expect(await gitHub().prepare(undefined)).toEqual({ targetBranch: 'main' });
    expect(await gitHub().prepare('release/1')).toEqual({ targetBranch: 'release/1' });
    const opened = await gitHub().open(wish);
    expect(opened).toEqual({ url: 'https://github.com/acme/site/pull/7', number: 7 });
    expect(await gitHub().open(wish)).toEqual(opened);
    expect(pulls).toHaveLength(1);
    expect((await gitHub().open({ ...wish, branch: 'ah/other' })).number).toBe(8);
    expect(asked.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
    expect(asked.find(({ body }) => body !== undefined)?.body).toEqual({
      title: 'Fix it',
      body: 'In detail.',
      head: 'ah/fix',
      base: 'main',
    });
  });

  test('finds the one that was opened by a call whose answer got lost', async () => {
    const { pulls } = gitHubDouble();
    server.use(
      http.post(
        'https://api.github.test/repos/acme/site/pulls',
        () => {
          pulls.push({
            number: 9,
            html_url: 'https://github.com/acme/site/pull/9',
            head: { ref: 'ah/fix' },
            base: { ref: 'main' },
          });
          return HttpResponse.json(
            { message: 'Validation Failed', errors: [{ message: 'A pull request already exists' }] },
            { status: 422 },
          );
        },
        { once: true },
      ),
    );
    expect((await gitHub().open(wish)).number).toBe(9);
  });

  test('takes that of a fork, whose branch has the same name, for another one', async () => {
    const { pulls } = gitHubDouble();
    const fork = { ref: 'ah/fix', label: 'stranger:ah/fix' };
    pulls.push({
      number: 5,
      html_url: 'https://github.com/acme/site/pull/5',
      head: fork,
      base: { ref: 'main' },
    });
    expect((await gitHub().open(wish)).number).toBe(8);
    pulls.push({
      number: 6,
      html_url: 'https://github.com/acme/site/pull/6',
      head: { ref: 'ah/other', label: 'Acme:ah/other' },
      base: { ref: 'main' },
    });
    expect((await gitHub().open({ ...wish, branch: 'ah/other' })).number).toBe(6);
  });

  test('refuses a target there is not, an archived repository and one it may not write to', async () => {
    gitHubDouble();
    expect(await failure(gitHub().prepare('gone'))).toMatchObject({
      code: 'delivery-refused',
      detail: expect.stringContaining('--target-branch'),
    });
    for (const [repository, code] of [
      [{ default_branch: 'main', archived: true }, 'delivery-refused'],
      [{ default_branch: 'main', permissions: { push: false } }, 'delivery-failed'],
    ] as const) {
      server.use(http.get('https://api.github.test/repos/acme/site', () => HttpResponse.json(repository)));
      expect(await failure(gitHub().prepare(undefined))).toMatchObject({ code });
    }
  });
});

describe('GitLab', () => {
  const ours = { source_project_id: 4, target_project_id: 4 };
  const site = 'https://git.corp.test/team/sub/site';
  /** A forge with these merge requests already. */
  const double = (...opened: (typeof ours)[]) => {
    const root = 'https://git.corp.test/api/v4/projects/team%2Fsub%2Fsite';
    server.use(
      http.get(root, () => HttpResponse.json({ default_branch: 'trunk' })),
      http.get(`${root}/repository/branches/:branch`, () => new HttpResponse(null, { status: 404 })),
      http.get(`${root}/merge_requests`, () => HttpResponse.json(opened)),
      http.post(`${root}/merge_requests`, async ({ request }) => {
        const asked = Object(await request.json());
        const made = { ...asked, ...ours, iid: 3, web_url: `${site}/-/merge_requests/3` };
        if (opened.some(({ source_project_id: id }) => id === ours.source_project_id))
          return HttpResponse.json(
            { message: ['Another open merge request already exists'] },
            { status: 409 },
          );
        opened.push(made);
        return HttpResponse.json(made, { status: 201 });
      }),
    );
    return opened;
  };

  test('opens one merge request in a group below a group', async () => {
    const opened = double();
    const repository = repositoryAt(`${site}.git`);
    expect(await repository.prepare(undefined)).toEqual({ targetBranch: 'trunk' });
    expect(await failure(repository.prepare('gone'))).toMatchObject({ code: 'delivery-refused' });
    const request = await repository.open(wish);
    expect(request.number).toBe(3);
    expect(await repository.open(wish)).toEqual(request);
    expect(opened).toHaveLength(1);
  });

  test('takes that of a fork, whose branch has the same name, for another one', async () => {
    const { branch: source_branch, targetBranch: target_branch } = wish;
    const fork = { iid: 2, web_url: `${site}/-/merge_requests/2`, source_branch, target_branch };
    double({ ...fork, source_project_id: 9, target_project_id: 4 });
    expect((await repositoryAt(`${site}.git`).open(wish)).number).toBe(3);
    double({ ...fork, ...ours });
    expect((await repositoryAt(`${site}.git`).open(wish)).number).toBe(2);
  });
});

describe('what goes wrong', () => {
  const answer = (status: number, body: object = {}, headers: Record<string, string> = {}) =>
    server.use(
      http.all('https://api.github.test/*', () => HttpResponse.json(body, { status, headers })),
      http.all('https://git.corp.test/*', () => HttpResponse.json(body, { status, headers })),
    );

  test.each([
    [401, {}, {}, 'delivery-failed', /AH_GITHUB_TOKEN.*Make a new one/, undefined],
    [
      403,
      { message: 'Resource not accessible' },
      {},
      'delivery-failed',
      /not accessible.*right to/,
      undefined,
    ],
    [404, {}, {}, 'delivery-failed', /can see no acme.*Check the url|can see no/, undefined],
    [301, {}, { location: 'https://evil.test/' }, 'delivery-failed', /has moved/, undefined],
    [
      422,
      { message: 'Validation Failed', errors: [{ message: 'No commits' }] },
      {},
      'delivery-refused',
      /No commits/,
      undefined,
    ],
    [429, {}, { 'retry-after': '17' }, 'forge-unavailable', /takes no more calls/, 17],
    [429, {}, { 'retry-after': 'Sat, 21 Nov 2026 12:00:40 GMT' }, 'forge-unavailable', /no more/, 40],
    [
      403,
      {},
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.UTC(2026, 10, 21, 12, 1) / 1000) },
      'forge-unavailable',
      /no more/,
      60,
    ],
    [502, { message: `upstream of ${token}` }, {}, 'forge-unavailable', /answered 502: upstream of …/, 30],
  ] as const)('%i', async (status, body, headers, code, detail, retryAfterSeconds) => {
    answer(status, body, headers);
    const problem = await failure(gitHub().prepare(undefined));
    expect(problem).toMatchObject({ code, detail: expect.stringMatching(detail) });
    expect(problem.retryAfterSeconds).toBe(retryAfterSeconds);
    expect(JSON.stringify(problem)).not.toContain(token);
    const other = await failure(repositoryAt('https://git.corp.test/a/b').prepare(undefined));
    expect([other.code, other.retryAfterSeconds]).toEqual([code, retryAfterSeconds]);
  });

  test('an answer that is none of this interface, or leads people astray, is not believed', async () => {
    answer(200, { hello: 'world' });
    expect(await failure(gitHub().prepare(undefined))).toMatchObject({ code: 'forge-unavailable' });
    const pull = {
      number: 1,
      html_url: 'javascript:alert(1)',
      head: { ref: 'ah/fix' },
      base: { ref: 'main' },
    };
    server.use(http.get('https://api.github.test/repos/acme/site/pulls', () => HttpResponse.json([pull])));
    expect(await failure(gitHub().open(wish))).toMatchObject({ code: 'forge-unavailable' });
  });

  test('who does not answer, or is not there, is to be tried again', async () => {
    server.use(http.all('https://api.github.test/*', () => new Promise<never>(() => {})));
    const slow = repositoryAt('git@github.com:acme/site.git', [place()], 50);
    expect(await failure(slow.prepare(undefined))).toMatchObject({
      code: 'forge-unavailable',
      detail: expect.stringContaining('in time'),
    });
    server.use(http.all('https://api.github.test/*', () => HttpResponse.error()));
    expect(await failure(gitHub().prepare(undefined))).toMatchObject({ code: 'forge-unavailable' });
  });

  test('a caller who gives up is told so', async () => {
    server.use(http.all('https://api.github.test/*', () => new Promise<never>(() => {})));
    const leaving = new AbortController();
    const work = failure(gitHub().prepare(undefined, leaving.signal));
    leaving.abort();
    expect(await work).toMatchObject({ code: 'aborted' });
  });

  test('a redirect is not followed, wherever it leads', async () => {
    const reached: string[] = [];
    server.use(
      http.get('https://api.github.test/repos/acme/site', () =>
        HttpResponse.json({}, { status: 302, headers: { location: 'https://api.github.test/elsewhere' } }),
      ),
      http.get('https://api.github.test/elsewhere', ({ request }) => {
        reached.push(request.url);
        return HttpResponse.json({ default_branch: 'main', permissions: { push: true } });
      }),
    );
    await failure(gitHub().prepare(undefined));
    expect(reached).toEqual([]);
  });

  test('nothing is asked without a token', async () => {
    const none = repositoryAt('git@github.com:acme/site.git', [place({ token: async () => undefined })]);
    expect(await failure(none.prepare(undefined))).toMatchObject({
      code: 'delivery-failed',
      detail: expect.stringContaining('AH_GITHUB_TOKEN'),
    });
  });
});
