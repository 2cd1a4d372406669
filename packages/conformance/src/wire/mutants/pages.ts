import { from, header, sent, status, to } from './change.ts';
import { headerOf, type Request } from './message.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const ownHost = (request: Request): Request => {
  const host = headerOf(request, 'host') ?? '';
  return sent('host', /evil|10\.1/.test(host) ? 'localhost' : host)(request);
};

export const pages: Mutants = {
  'the server answers for its own names only': [
    takes('believes any Host', ownHost),
    takes('looks at the end of the name only', (request) =>
      headerOf(request, 'host')?.includes('#') === true ? sent('host', 'localhost')(request) : request,
    ),
    takes('checks it on GET only', from(/^POST/, ownHost)),
  ],
  'probes reach the server by any name': [gives('checks the Host of probes', to(/ \/readyz/, status(421)))],
  'a page of another origin changes nothing': [
    takes('minds no Origin', sent('origin')),
    takes('lets pages of others delete', from(/^DELETE/, sent('origin'))),
    takes('trusts the Origin null', (request) =>
      headerOf(request, 'origin') === 'null' ? sent('origin')(request) : request,
    ),
    takes('minds no Sec-Fetch-Site', sent('sec-fetch-site')),
  ],
  'a page of another origin reads nothing': [
    gives('lets every page read', header('access-control-allow-origin', '*')),
    gives('lets pages bring credentials', header('access-control-allow-credentials', 'true')),
    gives('agrees to every preflight', to(/^OPTIONS/, status(204))),
  ],
  'the own pages may act': [
    gives('refuses its own pages', (answer, request) =>
      headerOf(request, 'origin') === undefined ? answer : { ...answer, status: 403 },
    ),
  ],
  'the documentation loads nothing from elsewhere': [
    gives('loads its scripts from a CDN', (answer) => ({
      ...answer,
      body: answer.body.replaceAll('src="/', 'src="https://cdn.example/'),
    })),
    gives('lacks a style sheet', to(/\.css/, status(404))),
    gives(
      'lets any script run',
      to(/ \/api\/docs$/, header('content-security-policy', "frame-ancestors 'none'")),
    ),
  ],
};
