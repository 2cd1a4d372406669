import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { JsonObject as AnyObject } from '@agent-harbor/api-contract/schemas';
import type { DeclaredTool } from '../exchange/request.ts';
import type { Intent, PlanEntry, Use } from '../script/item.ts';
import {
  fillRequired,
  instanceOf,
  type Property,
  propertyNamed,
  propertyOf,
  typeOf,
} from './fill-arguments.ts';
import { inShell } from './in-shell.ts';
import { patchOf } from './patch.ts';
import { below } from './path.ts';
import { shellLine } from './shell-word.ts';
import { namedTools, optional, plainName, vocabulary, type Word } from './vocabulary.ts';

/** What an agent has told of itself. */
export interface Toolbox {
  readonly tools: readonly DeclaredTool[];
  /** Where it works, where it says so. */
  readonly cwd: string | undefined;
  /** What its tools gave so far, the newest last. */
  readonly seen: readonly string[];
  /** Whether its instructions speak of `apply_patch`. */
  readonly hasPatches: boolean;
}

/** A tool by the name the agent gave it, with arguments its schema takes. */
export interface Translated {
  readonly name: string;
  readonly input: JsonObject | string;
}

/** The scenario's use of a tool in the words of the agent; undefined where it has no tool for it. */
export const translate = (use: Use, box: Toolbox): Translated | undefined => {
  const { intent } = use;
  const named = intent.kind === 'named' ? byItsName(intent, box) : undefined;
  const found = named ?? byMeaning(use, box) ?? byShell(use, box);
  const through = box.tools.find(({ name }) => name === found?.name)?.through;
  return found === undefined || through === undefined ? found : { name: through, input: programOf(found) };
};

/** A program that uses the tool and shows what it gave. */
const programOf = ({ name, input }: Translated): string =>
  `const result = await tools.${name}(${JSON.stringify(input)});\ntext(result?.output ?? result);\n`;

/** Whether the agent can show a plan. */
export const hasPlanTool = (tools: readonly DeclaredTool[]): boolean =>
  find(tools, vocabulary.plan).length > 0;

/** A tool the scenario calls as the agent does is used with the scenario's arguments, untouched. */
const byItsName = (
  { name, args }: Extract<Intent, { kind: 'named' }>,
  { tools }: Toolbox,
): Translated | undefined => {
  const tool = tools.find((declared) => declared.name === name && declared.kind === 'function');
  return tool === undefined ? undefined : { name, input: AnyObject.parse(args) };
};

const byMeaning = ({ intent, title }: Use, box: Toolbox): Translated | undefined => {
  const { tools, cwd } = box;
  switch (intent.kind) {
    case 'run':
      return byRun(intent, box);
    case 'read':
      return call(tools, vocabulary.read, { path: below(cwd, intent.path) }, `Read ${intent.path}`);
    case 'plan':
      return byPlan(intent.entries, box);
    case 'edit': {
      const { edit, everywhere } = intent;
      const { contents, oldText, newText } = edit;
      const path = below(cwd, edit.path);
      const about = edit.description ?? `Edit ${edit.path}`;
      const all = everywhere ? { everywhere: true } : {};
      const done =
        oldText !== undefined && newText !== undefined
          ? call(tools, vocabulary.replace, { path, oldText, newText }, about, all)
          : typeof contents === 'string'
            ? call(tools, vocabulary.write, { path, content: contents }, about)
            : undefined;
      return done ?? byPatch(intent, box);
    }
    case 'named': {
      const word = Object.hasOwn(namedTools, intent.name) ? namedTools[intent.name] : undefined;
      const known = word ?? { tools: [plainName(intent.name)], members: {} };
      const [tool] = find(tools, known);
      if (tool === undefined) return undefined;
      const args: Record<string, unknown> = {};
      for (const [member, value] of Object.entries(intent.args)) {
        const names = [plainName(member), ...(known.members[member] ?? [])];
        const property = propertyNamed(tool.schema, names);
        args[property?.name ?? member] = value;
      }
      return { name: tool.name, input: filled(tool, args, title) };
    }
  }
};

const byRun = (
  { command, cwd }: Extract<Intent, { kind: 'run' }>,
  { tools, cwd: root }: Toolbox,
): Translated | undefined => {
  const line = typeof command === 'string' ? command : shellLine(command);
  const place = cwd === undefined ? {} : { cwd: below(root, cwd) };
  for (const tool of find(tools, vocabulary.run)) {
    const found = propertyNamed(tool.schema, vocabulary.run.members.command);
    if (found === undefined) continue;
    const words = typeof command === 'string' ? ['bash', '-c', command] : [...command];
    const value = typeOf(found.property) === 'array' ? words : line;
    return { name: tool.name, input: filled(tool, { [found.name]: value, ...beside(tool, place) }, line) };
  }
  return undefined;
};

/** A plan in the members the agent's tool has for a step. */
const byPlan = (entries: readonly PlanEntry[], { tools }: Toolbox): Translated | undefined => {
  for (const tool of find(tools, vocabulary.plan)) {
    const found = propertyNamed(tool.schema, vocabulary.plan.members.entries);
    if (found === undefined) continue;
    const item = propertyOf(found.property.items);
    const steps = entries.map((entry) => planStep(entry, item));
    return { name: tool.name, input: filled(tool, { [found.name]: steps }, 'The plan') };
  }
  return undefined;
};

const planStep = (
  { content, status, priority = 'medium' }: PlanEntry,
  item: Property,
): Record<string, unknown> => {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(item.properties ?? {})) {
    const plain = plainName(name);
    if (['content', 'description', 'step', 'text', 'title', 'activeform'].includes(plain))
      given[name] = content;
    if (plain === 'status') given[name] = status;
    if (plain === 'priority') given[name] = priority;
  }
  return fillRequired(given, item, content);
};

const byPatch = (
  { edit }: Extract<Intent, { kind: 'edit' }>,
  { tools, seen }: Toolbox,
): Translated | undefined => {
  const tool = tools.find(({ name }) => plainName(name) === 'applypatch');
  const patch = tool === undefined ? undefined : patchOf(edit, seen);
  if (tool === undefined || patch === undefined) return undefined;
  if (tool.kind === 'freeform') return { name: tool.name, input: patch };
  const found = propertyNamed(tool.schema, ['input', 'patch', 'patchtext', 'diff']);
  return { name: tool.name, input: filled(tool, { [found?.name ?? 'input']: patch }, 'Apply a patch') };
};

const byShell = (use: Use, box: Toolbox): Translated | undefined => {
  const line = inShell(use.intent, box);
  if (line === undefined || use.intent.kind === 'run') return undefined;
  return byRun({ kind: 'run', command: line, cwd: undefined }, box);
};

/** The first tool for a word whose schema has all its members. */
const call = <Members extends string>(
  tools: readonly DeclaredTool[],
  word: { readonly tools: readonly string[]; readonly members: Readonly<Record<Members, readonly string[]>> },
  values: Readonly<Record<Members, string>>,
  about: string,
  others: Readonly<Record<string, unknown>> = {},
): Translated | undefined => {
  for (const tool of find(tools, word)) {
    const args: Record<string, unknown> = {};
    let fits = true;
    for (const [member, value] of Object.entries(values)) {
      const names =
        Object.entries<readonly string[]>(word.members).find(([name]) => name === member)?.[1] ?? [];
      const found = propertyNamed(tool.schema, names);
      if (found === undefined) fits = false;
      else args[found.name] = value;
    }
    if (fits) return { name: tool.name, input: filled(tool, { ...args, ...beside(tool, others) }, about) };
  }
  return undefined;
};

/** What may be said beside, where the tool has a member for it. */
const beside = (tool: DeclaredTool, values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const args: Record<string, unknown> = {};
  for (const [member, names] of Object.entries(optional)) {
    const found = Object.hasOwn(values, member) ? propertyNamed(tool.schema, names) : undefined;
    if (found !== undefined) args[found.name] = values[member];
  }
  return args;
};

const filled = (tool: DeclaredTool, args: Record<string, unknown>, about: string): JsonObject =>
  AnyObject.parse(fillRequired(args, propertyOf(tool.schema), about));

/** The tools for a word, in the order of its names; a tool of the agent itself before one of a server beside it. */
const find = (
  tools: readonly DeclaredTool[],
  { tools: names }: Pick<Word, 'tools'>,
): readonly DeclaredTool[] => {
  const functions = tools.filter(({ kind }) => kind === 'function');
  return names.flatMap((wanted) => {
    const fitting = functions.filter(({ name }) => plainName(name) === wanted);
    return fitting.toSorted(
      (one, other) => Number(one.name.includes('__')) - Number(other.name.includes('__')),
    );
  });
};

/** Any JSON the schema accepts. */
export const anyJson = (schema: JsonObject, about: string): string =>
  JSON.stringify(Object.keys(schema).length === 0 ? {} : instanceOf(schema, about));
