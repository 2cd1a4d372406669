import type { JsonObject } from '../../json.ts';
import { route } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const asks = (...security: readonly JsonObject[]) => route({}, { security });
const here = (...security: readonly JsonObject[]) => route({ security });
const key = { Key: [] };
const token = { Token: ['read'] };
const schemes = (scheme: JsonObject) =>
  route({}, { security: [key], components: { securitySchemes: { Key: scheme } } });
const inHeader = { type: 'apiKey', in: 'header', name: 'X-Key' };

export const security: readonly Pair[] = [
  pair(
    'a credential is accepted no more',
    asks(key, token),
    asks(key),
    'breaking credential-refused request security · Token (read)',
  ),
  pair(
    'another credential is accepted',
    asks(key),
    asks(key, token),
    'additive credential-accepted request security · Token (read)',
  ),
  pair(
    'a route asks for a credential',
    here(),
    here(key),
    'breaking credential-required request GET /things · security · no credential',
  ),
  pair(
    'a route asks for no credential any more',
    here(key),
    here(),
    'additive credential-dropped request GET /things · security · no credential',
  ),
  pair(
    'a token needs another scope',
    here(token),
    here({ Token: ['read', 'write'] }),
    'breaking credential-refused request GET /things · security · Token (read)',
  ),
  pair('a route says what the document said', asks(key), route({ security: [key] }, { security: [key] })),
  pair(
    'a key is sent elsewhere',
    schemes(inHeader),
    schemes({ ...inHeader, name: 'X-Api-Key' }),
    'breaking security-scheme-changed request securitySchemes/Key',
  ),
  pair(
    'the words about a key',
    schemes(inHeader),
    schemes({ ...inHeader, description: 'Ask the operator.' }),
    'neutral security-scheme-words-changed request securitySchemes/Key',
  ),
  pair(
    'a route asks for a higher role',
    route({ 'x-role': 'viewer' }),
    route({ 'x-role': 'operator' }),
    'breaking role-raised request GET /things',
  ),
  pair(
    'a route asks for a lower role',
    route({ 'x-role': 'admin' }),
    route({ 'x-role': 'viewer' }),
    'additive role-lowered request GET /things',
  ),
];
