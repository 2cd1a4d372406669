export { createOpenApiDocument } from './document.ts';
export { jsonSchemaOf } from './json-schema-of.ts';
