import type { Scenario } from '../format/scenario.ts';
import type { TimelineEntry } from '../format/timeline.ts';
import { contentsOf, textOf } from '../tool/bytes.ts';
import { workspacePath } from '../tool/workspace-path.ts';

/** The folder a scenario's file lies in. Paths are relative to it, with `/`, and never lead out of it. */
export interface ScenarioFolder {
  /** The bytes of a file; undefined when there is none. */
  read(path: string): Uint8Array | undefined;
  /** The paths of all files below a folder, relative to it; undefined when there is no such folder. */
  list(path: string): readonly string[] | undefined;
}

type Refuse = (path: readonly (string | number)[], message: string) => void;

/**
 * The scenario with what lies beside its file taken in, so that it can be played where there is no disk: the seed files
 * of `repo.dir`, under those of `repo.files`, and the patches of `userEdits`. Media must be there; they are not taken in.
 */
export const takeIn = (scenario: Scenario, folder: ScenarioFolder, refuse: Refuse): Scenario => {
  const { repo, timeline } = scenario;
  const inside = (path: string, at: readonly (string | number)[]): string | undefined => {
    const plain = workspacePath(path);
    if (plain === undefined) refuse(at, 'must be a path below the folder of the scenario');
    return plain;
  };
  const read = (path: string, at: readonly (string | number)[]): Uint8Array | undefined => {
    const plain = inside(path, at);
    const bytes = plain === undefined ? undefined : folder.read(plain);
    if (plain !== undefined && bytes === undefined)
      refuse(at, `there is no file ${path} beside the scenario`);
    return bytes;
  };

  const seeds = (dir: string): NonNullable<NonNullable<Scenario['repo']>['files']> => {
    const plain = inside(dir, ['repo', 'dir']);
    const paths = plain === undefined ? [] : folder.list(plain);
    if (paths === undefined) refuse(['repo', 'dir'], `there is no folder ${dir} beside the scenario`);
    return (paths ?? []).flatMap((path) => {
      const bytes = folder.read(`${plain}/${path}`);
      return bytes === undefined ? [] : [{ path, contents: contentsOf(bytes) }];
    });
  };

  const withPatch = (entry: TimelineEntry, at: readonly (string | number)[]): TimelineEntry => {
    const { userEdits } = entry;
    if (userEdits === undefined || isPatch(userEdits.patch)) return entry;
    const bytes = read(userEdits.patch, [...at, 'userEdits', 'patch']);
    return {
      ...entry,
      userEdits: { ...userEdits, patch: textOf(bytes ?? new Uint8Array()) ?? userEdits.patch },
    };
  };
  const withFiles = (entry: TimelineEntry, index: number): TimelineEntry => {
    const at = ['timeline', index];
    for (const { path, place } of mediaOf(entry, at)) read(path, place);
    const { userActions } = entry;
    if (userActions === undefined) return withPatch(entry, at);
    const inner = userActions.map((each, part) => withPatch(each, [...at, 'userActions', part]));
    return { ...entry, userActions: inner };
  };

  const files = repo?.dir === undefined ? undefined : [...seeds(repo.dir), ...(repo.files ?? [])];
  const { dir: _dir, ...otherwise } = repo ?? {};
  return {
    ...scenario,
    ...(files === undefined ? {} : { repo: { ...otherwise, files } }),
    timeline: timeline.map(withFiles),
  };
};

/** The text of a patch, and not the name of a file that holds one. */
export const isPatch = (text: string): boolean => text.includes('\n');

const mediaOf = ({ llmResponse, userInputs }: TimelineEntry, at: readonly (string | number)[]) => {
  const said = (llmResponse ?? []).flatMap(({ assistant = [], think = [] }, element) =>
    [assistant, think].flatMap((items, which) =>
      items.map(({ content }, index) => ({
        content,
        place: [...at, 'llmResponse', element, which === 0 ? 'assistant' : 'think', index, 'content', 'path'],
      })),
    ),
  );
  const asked = (userInputs ?? []).flatMap(({ input }, index) =>
    input.map((content, block) => ({ content, place: [...at, 'userInputs', index, 'input', block, 'path'] })),
  );
  return [...said, ...asked].flatMap(({ content, place }) =>
    (content.type === 'image' || content.type === 'audio') && content.path !== undefined
      ? [{ path: content.path, place }]
      : [],
  );
};
