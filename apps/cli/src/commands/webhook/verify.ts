import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { exitCodes } from '../../exit-code.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { defineCommand, wholeNumber, withCommon } from '../../flags.ts';
import type { Io } from '../../io.ts';
import { collect } from '../../settings/setting-flags.ts';
import { paint } from '../../terminal/text.ts';
import { readSecretFile, secretFrom } from '../../webhook-flags.ts';
import { readWordsFrom } from '../../words.ts';

const Flags = z.object({
  header: z.array(z.string()).default([]),
  headers: z.string().optional(),
  secretFile: z.string().optional(),
  tolerance: wholeNumber(0, 3_153_600_000).default(300),
});
type Flags = z.infer<typeof Flags>;

export const verify = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(command)
      .description(
        'Tells whether a message that came is signed by a secret, as a receiver has to look at it.',
      )
      .argument('[body]', 'the file with the body as it came, to the byte; - is standard input', '-')
      .option('--header <header>', 'a header, as "webhook-id: msg_…"; may be repeated', collect)
      .option('--headers <file>', 'a file with the headers, one on each line, or as a JSON object')
      .option(
        '--secret-file <file>',
        'the secrets, one on each line; - is standard input [AH_WEBHOOK_SECRET]',
      )
      .option('--tolerance <seconds>', 'so far the time of the message may be from now (300)')
      .addHelpText(
        'after',
        `
The headers webhook-id, webhook-timestamp and webhook-signature are needed. A secret is never given on the command line,
which others on the machine can see. The exit code is 0 when the message is right, else 1.

Examples:
  $ ah webhook verify body.json --headers headers.txt --secret-file webhook.secret
  $ AH_WEBHOOK_SECRET=$(cat webhook.secret) ah webhook verify --headers headers.txt < body.json
  $ ah webhook verify body.json --headers headers.txt --secret-file webhook.secret --tolerance 86400`,
      ),
  run: async (context, [file = '-'], flags) => {
    const { io } = context;
    if (file === '-' && flags.secretFile === '-') {
      throw usageFailure('Standard input is one thing only.', 'Name a file for the body or for the secret.');
    }
    const secrets = await readSecrets(flags, io);
    const headers = await readHeaders(flags, io);
    const body = await readBody(file, io);
    // Loaded here: it sends, too, and the help does without.
    const { verify: verifyMessage } = await import('@agent-harbor/webhook');
    const reason = verifyMessage(headers, body, secrets, { toleranceSeconds: flags.tolerance });
    await context.show(reason === undefined ? { valid: true } : { valid: false, reason }, () => [
      reason === undefined
        ? [paint('green', 'right'), `: ${headers['webhook-id'] ?? ''} is signed by this secret.`]
        : [paint('red', 'not right'), `: ${reason}`],
    ]);
    return reason === undefined ? exitCodes.ok : exitCodes.general;
  },
});

const readSecrets = async ({ secretFile }: Flags, io: Io): Promise<readonly string[]> => {
  const text =
    secretFile === undefined
      ? (io.env.AH_WEBHOOK_SECRET ?? '')
      : await readSecretFile(secretFile, io, '--secret-file');
  const where = secretFile === undefined ? 'AH_WEBHOOK_SECRET' : '--secret-file';
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length > 0) return words.map((word) => secretFrom(word, where));
  throw new Failure('validation', {
    happened: 'There is no secret',
    remedy: 'Name the file it is in with --secret-file, or put it into AH_WEBHOOK_SECRET.',
  });
};

/** By their names in lower case; one that is said twice is none that could be relied on. */
const readHeaders = async ({ header, headers }: Flags, io: Io): Promise<Record<string, string>> => {
  const text =
    headers === undefined
      ? ''
      : await readWordsFrom(headers, io, {
          happened: 'The file with the headers cannot be read',
          remedy: 'Name a readable file with --headers.',
        });
  const lines = text.trimStart().startsWith('{') ? jsonLines(text) : text.split(/\r\n|[\r\n]/);
  const read = new Map<string, string>();
  for (const line of [...lines, ...header]) {
    const [, name = '', value = ''] = /^([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (read.has(key) && key.startsWith('webhook-')) throw usageFailure(`The header ${key} is there twice.`);
    if (key !== '') read.set(key, value);
  }
  return Object.fromEntries(read);
};

const jsonLines = (text: string): readonly string[] => {
  try {
    const headers = z.record(z.union([z.string(), z.number()])).parse(JSON.parse(text));
    return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  } catch (cause) {
    throw new Failure('validation', {
      happened: 'The headers are no JSON object of texts',
      remedy: 'Give them as {"webhook-id": "msg_…", …}, or as lines of a name, a colon and a value.',
      cause,
    });
  }
};

const readBody = (file: string, { cwd, readStdinBytes }: Io): Promise<Uint8Array> => {
  if (file === '-') return readStdinBytes();
  const path = resolve(cwd, file);
  return readFile(path).catch((cause: unknown) => {
    throw new Failure('validation', {
      happened: 'The body cannot be read',
      detail: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'Name a readable file, or - for standard input.',
      cause,
    });
  });
};
