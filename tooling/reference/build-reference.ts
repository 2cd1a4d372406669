import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Application, Logger, LogLevel, ReflectionKind } from 'typedoc';
import { load } from 'typedoc-plugin-markdown';

/** Of which libraries, from where, to where. */
export interface ReferenceOptions {
  /** The folder that holds the libraries, each with a package.json that lists its doors. */
  readonly packages: string;
  readonly libraries: readonly string[];
  /** The compiler options they are read with; its files include theirs. */
  readonly tsconfig: string;
  /** The folder the pages go to; what was there is replaced. */
  readonly out: string;
}

/** What came of it: how many pages, and what in the sources keeps them from being complete. */
export interface Reference {
  readonly pages: number;
  readonly complaints: readonly string[];
}

/**
 * Writes the API reference as Markdown, from the docstrings behind every door of every library. An export without a
 * docstring and a link that leads nowhere are complaints.
 */
export const buildReference = async ({
  packages,
  libraries,
  tsconfig,
  out,
}: ReferenceOptions): Promise<Reference> => {
  const doors = libraries.flatMap((library) => doorsOf(join(packages, library)));
  const app = await Application.bootstrapWithPlugins({
    name: 'Agent Harbor',
    out,
    entryPoints: doors.map(({ file }) => file),
    tsconfig,
    plugin: [load],
    readme: 'none',
    // Links to lines of a commit would change every page with every commit.
    disableSources: true,
    excludeInternal: true,
    // The native compiler has checked the types already.
    skipErrorChecking: true,
    validation: { invalidLink: true, notDocumented: true, notExported: false },
    requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
    packagesRequiringDocumentation: [...new Set(doors.map(({ library }) => library))],
  });
  const complaints = new Complaints();
  app.logger = complaints;
  const project = await app.convert();
  if (project === undefined) return { pages: 0, complaints: complaints.messages };
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    const file = resolve(project.getSymbolIdFromReflection(module)?.fileName ?? '');
    module.name = doors.find((door) => door.file === file)?.name ?? module.name;
  }
  app.validate(project);
  await app.generateOutputs(project);
  return { pages: globSync('**/*.md', { cwd: out }).length, complaints: complaints.messages };
};

interface Door {
  readonly library: string;
  /** As it is imported. */
  readonly name: string;
  readonly file: string;
}

const doorsOf = (folder: string): Door[] => {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries<Record<string, string> | string>(exports).flatMap(([door, target]) => {
    const source = typeof target === 'string' ? undefined : target['@agent-harbor/source'];
    return source === undefined
      ? []
      : [{ library: name, name: name + door.slice(1), file: resolve(folder, source) }];
  });
};

/** Keeps what is wrong instead of printing it. */
class Complaints extends Logger {
  readonly messages: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.messages.push(message);
  }
}
