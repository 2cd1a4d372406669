import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ContractReport,
  compareContracts,
  FailOn,
  judge,
  UnreadableDocument,
} from '@agent-harbor/api-contract/diff';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { describeCause } from '../../contract/cause.ts';
import { type Changesets, readChangesets } from '../../contract/changesets.ts';
import { renderMarkdown } from '../../contract/markdown.ts';
import { readBase, readSource, type Source } from '../../contract/source.ts';
import { renderReport } from '../../contract/text.ts';
import { unreadable } from '../../contract/unreadable.ts';
import { exitCodes } from '../../exit-code.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { collect } from '../../settings/setting-flags.ts';

const Flags = z.object({
  base: z.string().min(1).optional(),
  failOn: FailOn.default('breaking'),
  allow: z.array(z.string()).default([]),
  changesets: z.string().optional(),
  package: z.string().optional(),
  format: z.enum(['text', 'markdown', 'json']).optional(),
  markdown: z.string().optional(),
});
type Flags = z.infer<typeof Flags>;

export const diff = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(command)
      .description(
        'Compares two OpenAPI documents as a contract: what breaks whom, what is added, what changes nothing.',
      )
      .argument('<documents...>', 'the old one and the new one; with --base only the new one')
      .option('--base <ref>', 'compare with the file as it was where this branch left <ref>')
      .option('--fail-on <class>', 'breaking, additive or none: from where on the exit code is 1 (breaking)')
      .option('--allow <rule-or-id>', 'let this rule or finding pass; may be repeated', collect)
      .option('--changesets <folder>', 'let pass what a changeset in there says is BREAKING')
      .option('--package <name>', 'count only changesets that bump this package')
      .option('--format <format>', 'text, markdown or json (text)')
      .option('--markdown <file>', 'write the Markdown into this file as well')
      .addHelpText(
        'after',
        `
A document is OpenAPI 3 as JSON or YAML: a file, - for standard input, git:<ref>:<path from the root>, or a url;
the address of a server alone means the contract it serves.
With --base only changesets count that this branch wrote.

Exit code 0: nothing breaks, or it is accepted; 1: something does; 2: a document cannot be read.
\`ah contract rules\` lists what is looked at, and why it is classed as it is.

Examples:
  $ ah contract diff old.json new.json
  $ ah contract diff --base origin/main openapi.json --changesets .changeset
  $ ah contract diff git:v1.0.0:openapi.json http://127.0.0.1:3001 --format markdown`,
      ),
  run: async (context, operands, flags) => {
    context.doing('Reading the contracts');
    const { before, after, since } = await readBoth(context, operands, flags);
    const found = compare(before, after);
    const { acceptances, remarks } = await acceptedBy(context, flags, found.from, since);
    const report = judge(found, { failOn: flags.failOn, acceptances });
    const said = [...remarks, ...fitsNothing(flags.allow, report)];
    const markdown = renderMarkdown(report, said);
    if (flags.markdown !== undefined) await write(resolve(context.io.cwd, flags.markdown), markdown);
    const format = flags.format ?? (context.json ? 'json' : 'text');
    if (format === 'json') await context.printJson(report);
    else if (format === 'markdown') await context.io.stdout.write(markdown);
    else {
      await context.note(`${before.label} → ${after.label}`, ...said);
      await context.printAll(renderReport(report));
    }
    return report.passed ? exitCodes.ok : exitCodes.general;
  },
});

interface Both {
  readonly before: Source;
  readonly after: Source;
  /** The commit changesets must be newer than. */
  readonly since: string | undefined;
}

const readBoth = async ({ io }: Context, operands: readonly string[], { base }: Flags): Promise<Both> => {
  const [first = '', second = ''] = operands;
  const wanted = base === undefined ? 2 : 1;
  if (operands.length !== wanted) {
    throw usageFailure(
      base === undefined
        ? 'Two documents are compared: the old one and the new one.'
        : 'With --base there is one document: the new one.',
    );
  }
  if (base === undefined) {
    if (first === '-' && second === '-') throw usageFailure('Standard input can be read only once.');
    return { before: await readSource(first, io), after: await readSource(second, io), since: undefined };
  }
  if (first === '-' || /^(?:https?:\/\/|git:)/i.test(first)) {
    throw usageFailure('--base looks up a file in git, so the document must be one.');
  }
  const after = await readSource(first, io);
  const before = await readBase(first, base, io);
  return { before, after, since: before.commit };
};

const write = (path: string, text: string): Promise<void> =>
  writeFile(path, text).catch((cause: unknown) => {
    throw new Failure('validation', {
      happened: 'The report cannot be written',
      detail: describeCause(cause),
      remedy: 'Name a file that can be written with --markdown.',
      cause,
    });
  });

const compare = (before: Source, after: Source) => {
  try {
    return compareContracts(before.value, after.value);
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    const remedy = `The old one is ${before.label}, the new one ${after.label}.`;
    throw unreadable(error.message, remedy, error);
  }
};

/** A typing error must not look like leave. */
const fitsNothing = (allowed: readonly string[], { findings }: ContractReport): string[] =>
  allowed
    .filter((name) => !findings.some(({ id, rule }) => name === id || name === rule))
    .map((name) => `--allow ${name} fits no change that was found; \`ah contract rules\` lists the rules.`);

const acceptedBy = async (
  { io }: Context,
  { allow, changesets, package: packageName }: Flags,
  version: string,
  since: string | undefined,
): Promise<Changesets> => {
  const asked = allow.length === 0 ? [] : [{ by: '--allow', only: allow }];
  if (changesets === undefined) return { acceptances: asked, remarks: [] };
  const read = await readChangesets({ folder: changesets, packageName, version, since, cwd: io.cwd });
  return { ...read, acceptances: [...asked, ...read.acceptances] };
};
