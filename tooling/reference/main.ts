import { parseArgs } from 'node:util';
import { buildReference } from './build-reference.ts';
import { sources } from './sources.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/reference' } } });
const { pages, complaints } = await buildReference({ ...sources, out: values.out });
for (const complaint of complaints) console.error(complaint);
console.log(`${values.out}: ${pages} pages, ${complaints.length} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;
