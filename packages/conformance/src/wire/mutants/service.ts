import { both, header, json, member, set, status, text, to } from './change.ts';
import { gives, type Mutants } from './mutant.ts';

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
  'a scraper reads what the server counts': [
    gives('has none', to(/ \/metrics/, status(404))),
    gives(
      'does not say which version',
      to(/ \/metrics/, header('content-type', 'text/plain; charset=utf-8')),
    ),
    {
      does: 'counts by session',
      start: () => {
        let session = '';
        return {
          gives: (answer, request) => {
            session = /^\/api\/v1\/sessions\/(\w+)$/.exec(request.target)?.[1] ?? session;
            return to(
              / \/metrics/,
              text((body) => `${body}reads{session="${session}"} 1\n`),
            )(answer, request);
          },
        };
      },
    },
    gives(
      'lets a label break its line',
      to(
        / \/metrics/,
        text((body) => `${body}files{path="a"b"} 1\n`),
      ),
    ),
    gives(
      'tells a family twice',
      to(
        / \/metrics/,
        text((body) => body + body),
      ),
    ),
    gives(
      'forgets the last end of line',
      to(
        / \/metrics/,
        text((body) => body.trimEnd()),
      ),
    ),
  ],
};
