import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { JsonObject } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { controlContract } from './contract.ts';

const description = [
  'What can be done to the mock server of Agent Harbor, and to no other: hold and move its time, begin again, load',
  'scenarios, let things go wrong, speak for an agent. Credentials, problems and strictness are those of the API, which',
  'is described at /api/v1/openapi.json; a reset forgets which keys were used before it.',
].join('\n');

/** The control routes as an OpenAPI document. */
export const controlDocument = (version: string): JsonObject =>
  parse(
    JsonObject,
    createOpenApiDocument({
      version,
      of: { contract: controlContract, title: 'Agent Harbor mock control', description },
    }),
  );
