import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { type Import, readImports } from './read-imports.ts';
import { apps, everywhere, isTest, timeAndChance, type Zone, zones } from './rules.ts';

export interface Violation {
  /** The name of a zone, or a rule that holds everywhere. */
  rule: string;
  path: string;
  line: number;
  message: string;
  why: string;
}

/** Every violation in the sources of `packages`, `apps` and `bench` below `root`. */
export const check = (root: string): { files: number; violations: Violation[] } => {
  const paths = globSync('{packages/*,apps/*,bench}/src/**/*.{ts,tsx,mts}', { cwd: root }).map((path) =>
    path.split(sep).join('/'),
  );
  const violations = paths.flatMap((path) => checkFile(path, readFileSync(join(root, path), 'utf8')));
  return { files: paths.length, violations };
};

const checkFile = (path: string, source: string): Violation[] => {
  const zone = zoneOf(path);
  if (zone === undefined) return [violation('every-file-has-a-zone', path, 1, 'belongs to no zone')];
  const { imports, expressions } = readImports(path, source);
  const found = imports.flatMap((entry) => checkImport(zone, path, entry));
  if (zone.pure !== true || isTest(path)) return found;
  const impure = expressions.filter((expression) => timeAndChance.includes(expression.text));
  return [
    ...found,
    ...impure.map(({ line, text }) => violation('time-and-chance', path, line, `uses ${text}`)),
  ];
};

const checkImport = (zone: Zone, path: string, entry: Import): Violation[] => {
  const { line, specifier } = entry;
  if (specifier === undefined)
    return [violation('imports-are-literal', path, line, 'imports a computed name')];
  const says = `imports "${specifier}"`;

  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const target = posix.join(posix.dirname(path), specifier);
    if (!target.startsWith(packageOf(path))) return [violation('packages-are-walls', path, line, says)];
    if (isTest(path)) return [];
    if (isTest(target)) return [violation('tests-stay-tests', path, line, says)];
    const inside = zoneOf(target);
    const allowed =
      inside === undefined || inside === zone || zone.reaches?.includes(inside.name) || entry.isType;
    return allowed ? [] : [inZone(zone, path, line, says)];
  }

  const name = isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;
  const app = apps.find(
    (each) => name === `@agent-harbor/${each}` || name.startsWith(`@agent-harbor/${each}/`),
  );
  const startsIt = zone.name === 'cli' && name === `@agent-harbor/${app}/start`;
  // A test may come in by the door its users come in by.
  const isOwn = isTest(path) && path.startsWith(`apps/${app}/`);
  if (app !== undefined && !startsIt && !isOwn) return [violation('apps-are-not-imported', path, line, says)];
  if (isTest(path)) return [];
  const allowed = entry.isType ? [...zone.may, ...(zone.mayType ?? [])] : zone.may;
  return allowed.some((pattern) => fits(pattern, name)) ? [] : [inZone(zone, path, line, says)];
};

const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const zoneOf = (path: string): Zone | undefined => {
  let best: { zone: Zone; length: number } | undefined;
  for (const zone of zones) {
    for (const place of zone.at) {
      const within = place.endsWith('/') ? path.startsWith(place) : path === place;
      if (within && place.length > (best?.length ?? 0)) best = { zone, length: place.length };
    }
  }
  return best?.zone;
};

const packageOf = (path: string): string => {
  const [folder, name] = path.split('/');
  return folder === 'packages' || folder === 'apps' ? `${folder}/${name}/` : `${folder}/`;
};

const violation = (
  rule: keyof typeof everywhere,
  path: string,
  line: number,
  message: string,
): Violation => ({
  rule,
  path,
  line,
  message,
  why: everywhere[rule],
});

const inZone = (zone: Zone, path: string, line: number, message: string): Violation => ({
  rule: zone.name,
  path,
  line,
  message,
  why: zone.why,
});
