// Writes what the SDK carries of the contract: the table of routes and the methods' types.
import { writeFileSync } from 'node:fs';
import { renderApi, renderTable } from './render.ts';

const folder = new URL('../src/routes/', import.meta.url);
writeFileSync(new URL('table.ts', folder), renderTable());
writeFileSync(new URL('api.ts', folder), renderApi());
