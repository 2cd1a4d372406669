// Loaded before a program that runs from its sources (`node --import`): what Node makes of them is kept for the next
// start, which then takes a third of the work. Tests start hundreds.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('./node_modules/.cache/compiled', import.meta.url)));
