import type { SecuritySchemeObject } from 'openapi3-ts/oas31';

/** The ways to send a credential; any one of them is enough. */
export const securitySchemes: Readonly<Record<string, SecuritySchemeObject>> = {
  ApiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The word ApiKey, a space and the key: `Authorization: ApiKey <key>`.',
  },
  Bearer: { type: 'http', scheme: 'bearer', description: 'The same with the word Bearer.' },
  XApiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The key alone. Ignored when Authorization is there.',
  },
};
