import { z } from 'zod';
import { asFailureToStart } from '../access-point.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { catchInterrupts, untilInterrupted } from '../serve.ts';
import { configure } from '../settings/configure.ts';
import { withSettings } from '../settings/setting-flags.ts';
import { mockLlmSettings } from '../settings/table.ts';
import { paint } from '../terminal/text.ts';

export const mockLlm = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(
      withSettings(
        command.description(
          'Runs the mock of models: what agents call instead of Anthropic, OpenAI and Gemini, played from scenarios.',
        ),
        Object.values(mockLlmSettings),
      ),
    ).addHelpText(
      'after',
      ({ command: called }) => `
Agents find it by the variables of their vendors; any key will do, but there must be one:
  ANTHROPIC_BASE_URL=<url>           ANTHROPIC_API_KEY=any
  OPENAI_BASE_URL=<url>/v1           OPENAI_API_KEY=any
  GOOGLE_GEMINI_BASE_URL=<url>       GEMINI_API_KEY=any

With --json it prints one line when it is ready: {"url","pid"}.
In a configuration file its settings stand below "mockLlm": {"mockLlm": {"strict": true}}.
What it was asked is at GET /mock/requests; faults are set while it runs by POST /mock/faults.
Kinds of faults: rate-limit, overload, status, latency, cut; each may have api, skip, count, probability, asides.

Examples:
  $ ${called.name()} --scenario ./fix.yaml --strict --speed 0          for a test of an agent
  $ ${called.name()} --fault '{"kind": "overload", "count": 2}'        the first two answers fail
  $ ${called.name()} --port 0 --json --log requests.jsonl`,
    ),
  run: async (context) => {
    catchInterrupts(context);
    const { MockLlmConfig, startMockLlm } = await import('@agent-harbor/mock-llm/node');
    const config = configure(await context.settings(), 'mockLlm', MockLlmConfig, {});
    const mock = await startMockLlm(config).catch((error: unknown) => {
      throw asFailureToStart(error);
    });
    try {
      const { url, pid, remarks } = mock;
      if (context.json) await context.printJson({ url, pid });
      else {
        await context.print(
          [paint('green', '●'), ' The mock of models serves ', paint('bold', url)],
          `  Anthropic      ANTHROPIC_BASE_URL=${url}`,
          `  OpenAI         OPENAI_BASE_URL=${url}/v1`,
          `  Gemini         GOOGLE_GEMINI_BASE_URL=${url}`,
          `  requests       ${url}/mock/requests`,
          '  Ctrl-C stops it.',
        );
      }
      await context.note(...remarks.map((remark) => `Not played: ${remark}`));
      await untilInterrupted(context);
    } finally {
      await mock.close();
    }
  },
});
