import { both, header, json, member, sent, set, status, text, to } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

export const service: Mutants = {
  'the process says that it is alive': [
    gives('tells strangers about its insides', to(/ \/healthz/, json(set('uptime', 12)))),
    gives('asks probes for a credential', to(/ \/healthz/, status(401))),
  ],
  'readiness is told with its reasons': [
    gives(
      'is ready without saying so',
      to(
        / \/readyz/,
        member('status', () => 'up'),
      ),
    ),
    gives(
      'is ready and gives reasons why not',
      to(
        / \/readyz/,
        member('reasons', () => ['disk full']),
      ),
    ),
    gives(
      'says 503 without a problem',
      to(
        / \/readyz/,
        both(
          status(503),
          text(() => '{}'),
        ),
      ),
    ),
  ],
  'the version names the contract': [
    gives(
      'serves a contract nobody knows',
      member('apiVersion', () => 'v0'),
    ),
    gives(
      'has no name',
      to(
        / \/version/,
        member('name', () => ''),
      ),
    ),
  ],
  'the contract is there to read': [
    gives(
      'speaks an older OpenAPI',
      member('openapi', () => '3.0.3'),
    ),
    gives(
      'describes no stream',
      member('paths', (paths) => ({ ...Object(paths), '/api/v1/sessions/{id}/events': {} })),
    ),
    gives('serves it as text', to(/openapi/, header('content-type', 'text/plain'))),
  ],
};

export const everyAnswer: Mutants = {
  'every answer has a request id': [
    gives('forgets the id on pages', to(/ \/api\/docs/, header('x-request-id'))),
    takes('makes its own id whatever was sent', sent('x-request-id')),
    gives('echoes whatever was sent', (answer, request) => {
      const id = request.headers.find(([name]) => name === 'x-request-id')?.[1];
      return id === undefined ? answer : header('x-request-id', id)(answer, request);
    }),
  ],
  'every answer tells the rate limit': [
    gives('keeps the policy to itself', header('ratelimit-policy')),
    gives('tells no limit to strangers', to(/ \/healthz/, header('ratelimit'))),
    gives(
      'has more left than there is',
      header('ratelimit', (value) => value.replace(/r=\d+/, 'r=999999999')),
    ),
    gives(
      'names another policy',
      header('ratelimit', (value) => value.replace('"default"', '"other"')),
    ),
  ],
  'the rate limit counts': [
    gives('tells the same number for ever', header('ratelimit', '"default";r=100;t=60')),
  ],
  'no answer can be taken for another type': [
    gives('forgets nosniff on problems', to(/\/nothing/, header('x-content-type-options'))),
    gives('lets itself be framed', header('content-security-policy', "default-src 'self'")),
    gives('tells what it is made of', header('x-powered-by', 'Express')),
  ],
  'HEAD is GET without the body': [
    gives('answers HEAD with another length', to(/^HEAD/, header('content-length', '0'))),
    gives('knows no HEAD', to(/^HEAD/, status(405))),
    gives('answers HEAD with another type', to(/^HEAD/, header('content-type', 'text/html'))),
  ],
};
