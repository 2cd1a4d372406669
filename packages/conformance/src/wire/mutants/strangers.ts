import { header, member, sent, status, to } from './change.ts';
import { headerOf } from './message.ts';
import { gives, type Mutant, type Mutants, takes } from './mutant.ts';

/** Remembers a credential it was shown, and takes it for that of others where the line fits. */
export const lendsKey = (does: string, line: RegExp): Mutant => ({
  does,
  start: () => {
    let known: string | undefined;
    return {
      takes(request) {
        const shown = headerOf(request, 'authorization');
        if (shown !== undefined) known ??= shown;
        return shown === undefined && line.test(`${request.method} ${request.target}`)
          ? sent('authorization', known)(request)
          : request;
      },
    };
  },
});

export const strangers: Mutants = {
  'every route but the public ones asks for a credential': [
    gives('forgets one route', to(/^GET \/api\/v1\/agents$/, status(200))),
    gives(
      'tells another story on one route',
      to(
        /\/agents$/,
        member('detail', () => 'No.'),
      ),
    ),
    gives(
      'has hardly any routes',
      to(
        /openapi/,
        member('paths', () => ({})),
      ),
    ),
  ],
  'all wrong credentials are answered alike': [
    gives('tells a malformed credential from a wrong one', (answer, request) =>
      (headerOf(request, 'authorization') ?? '').startsWith('Basic')
        ? member('detail', () => 'Basic is not supported.')(answer, request)
        : answer,
    ),
    gives('does not say which credential it wants', header('www-authenticate')),
    takes('trims what it is shown', (request) =>
      headerOf(request, 'authorization')?.endsWith('x') === true
        ? sent('authorization', headerOf(request, 'authorization')?.slice(0, -1))(request)
        : request,
    ),
  ],
  'a stranger learns nothing about his request': [
    lendsKey('reads the body before it asks', /^POST \/api\/v1\/tasks/),
    lendsKey('tells strangers which sessions there are', /^GET \/api\/v1\/sessions\/nothing/),
    lendsKey('deletes for strangers', /^DELETE/),
  ],
  'the public routes ask nobody': [
    gives('hides its documentation', to(/ \/api\/docs$/, status(401))),
    gives('hides the pages of its problems', to(/ \/problems\//, status(401))),
  ],
  'a key is taken three ways': [
    takes('knows no X-API-Key', sent('x-api-key')),
    takes('minds the case of the scheme', (request) =>
      headerOf(request, 'authorization')?.startsWith('apikey') === true
        ? sent('authorization')(request)
        : request,
    ),
    takes('knows no Bearer', (request) =>
      headerOf(request, 'authorization')?.startsWith('Bearer') === true
        ? sent('authorization')(request)
        : request,
    ),
  ],
};
