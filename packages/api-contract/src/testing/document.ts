import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenAPIObject, OperationObject, ParameterObject } from 'openapi3-ts/oas31';
import { createOpenApiDocument } from '../openapi/index.ts';

/** The document as it is checked in. */
export const readCheckedIn = (): string =>
  readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8');

export const document: OpenAPIObject = createOpenApiDocument({ version: '0.0.0' });

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  validateFormats: true,
});
formats.default(ajv);
// Words of OpenAPI that check nothing.
ajv.addVocabulary(['discriminator', 'components']);
ajv.addSchema({ $id: 'openapi.json', components: { schemas: document.components?.schemas } });

/** The check of a JSON Schema; references lead into the document. */
export const compile = (schema: object): ValidateFunction =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/')));

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

/** Every operation of the document. */
export const operations: readonly { path: string; method: string; operation: OperationObject }[] =
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method: method.toUpperCase(), operation }];
    }),
  );

export const parametersOf = ({ parameters = [] }: OperationObject): ParameterObject[] =>
  parameters.filter((parameter) => 'name' in parameter);
