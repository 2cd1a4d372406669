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
};
