import { fileURLToPath } from 'node:url';
import { check } from './check.ts';

const { files, violations } = check(fileURLToPath(new URL('../..', import.meta.url)));
for (const { path, line, message, rule, why } of violations) {
  console.error(`${path}:${line} ${message} [${rule}]\n  ${why}`);
}
console.log(`${files} files checked, ${violations.length} forbidden imports`);
process.exitCode = violations.length === 0 ? 0 : 1;
